/**
 * The focus is never lost. When the control that has it goes (its row was removed, its button is not needed any more), a browser drops the
 * focus, and the next Tab starts at the top of the page. Here it moves to what is nearest: the row of the control, the row that took its
 * place, the control before it, or else the heading of the page.
 */

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

interface Focused {
  readonly element: HTMLElement;
  readonly row: HTMLElement | undefined;
  /** Of the row in its table. */
  readonly index: string | undefined;
  readonly table: HTMLElement | undefined;
  /** The controls of the page before it, the nearest last. */
  readonly before: readonly HTMLElement[];
}

/** Watches the focus in `root`. @returns ends it */
export function keepFocus(root: HTMLElement): () => void {
  let last: Focused | undefined;
  const focused = ({ target }: FocusEvent) => {
    last =
      target instanceof HTMLElement && target.tagName !== "H1" && target !== root ? describe(root, target) : undefined;
  };
  const blurred = ({ target }: FocusEvent) => {
    // Removed, it is not connected any more once this has run. Clicked away from, it is, and nothing is to be restored.
    queueMicrotask(() => {
      if (last?.element === target && isUsable(last.element) && document.hasFocus()) last = undefined;
    });
  };
  const observer = new MutationObserver(() => {
    if (last === undefined || isUsable(last.element)) return;
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body && activeElement !== last.element) return;
    const successor = successorOf(last);
    last = undefined;
    if (successor !== undefined) focus(successor);
    else root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  });
  root.addEventListener("focusin", focused);
  root.addEventListener("focusout", blurred);
  observer.observe(root, { childList: true, subtree: true, attributeFilter: ["disabled"] });
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", focused);
    root.removeEventListener("focusout", blurred);
  };
}

function describe(root: HTMLElement, element: HTMLElement): Focused {
  const row = element.closest<HTMLElement>("tr[aria-rowindex], li, article") ?? undefined;
  const all = [...root.querySelectorAll<HTMLElement>(`h1, ${focusable}`)];
  return {
    element,
    row,
    index: row?.getAttribute("aria-rowindex") ?? undefined,
    table: row?.closest("table") ?? undefined,
    before: all.slice(0, Math.max(0, all.indexOf(element))),
  };
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled");
}

function successorOf({ row, index, table, before }: Focused): HTMLElement | undefined {
  if (row?.isConnected === true) return row.querySelector<HTMLElement>(focusable) ?? row;
  if (table?.isConnected === true) {
    const rows = [...table.querySelectorAll<HTMLElement>("tbody tr[aria-rowindex]")];
    const next = rows.find((each) => Number(each.getAttribute("aria-rowindex")) >= Number(index)) ?? rows.at(-1);
    if (next !== undefined) return next.querySelector<HTMLElement>(focusable) ?? next;
  }
  return before.findLast((each) => isUsable(each));
}

function focus(element: HTMLElement): void {
  if (!element.matches(focusable) && !element.hasAttribute("tabindex")) {
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus();
}
