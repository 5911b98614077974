/** What each page of the browser's history looked like when it was left, so that "back" and "forward" return to the same place. */

interface Visit {
  readonly key: string;
  /** The part of the address after `#`. */
  readonly fragment: string;
  /** The browser went back or forward to it. */
  isReturn: boolean;
  /** Pixels from the top. */
  scroll: number;
  /** Of the link that was followed. */
  href: string | undefined;
  /** What the API answered, by request. */
  answers: Map<string, unknown>;
}

const maxVisits = 50;
/** The latest visits whose answers are kept: lists may be long. */
const maxWithAnswers = 4;

const visits = new Map<string, Visit>();
let count = 0;
history.scrollRestoration = "manual";
let current = enter();
addEventListener("popstate", () => {
  // A link to the page that is shown replaces the entry of the history, and its state with it.
  if (keyOfEntry() === undefined && location.hash === current.fragment) remember(current);
});

/** Call when the address has changed, before the next page is drawn. @returns the key of the visit */
export function changeVisit(): string {
  const { activeElement } = document;
  current.scroll = scrollY;
  current.href =
    activeElement instanceof HTMLAnchorElement ? (activeElement.getAttribute("href") ?? undefined) : undefined;
  current = enter();
  return current.key;
}

export function visitKey(): string {
  return current.key;
}

/** Scrolls to where the page was left. Call when it is drawn. */
export function restoreScroll(): void {
  if (current.isReturn) scrollTo(0, current.scroll);
}

/** Moves the focus to the heading of the page that opens; on a return to the link that was followed from it. */
export function arrive(heading: HTMLElement): void {
  const { isReturn, href } = current;
  const link = isReturn ? linkTo(href) : undefined;
  (link ?? heading).focus({ preventScroll: true });
  if (!isReturn) scrollTo(0, 0);
  // A table draws the rows near the screen only after it was scrolled.
  else if (link === undefined && href !== undefined) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (document.activeElement === heading) linkTo(href)?.focus({ preventScroll: true });
      }),
    );
  }
}

/** The answer that the page showed when it was left. */
export function keptAnswer<Answer>(request: string): Answer | undefined {
  return current.isReturn ? (current.answers.get(request) as Answer | undefined) : undefined;
}

export function keepAnswer(request: string, answer: unknown): void {
  current.answers.set(request, answer);
}

function enter(): Visit {
  const key = keyOfEntry();
  const known = key === undefined ? undefined : visits.get(key);
  if (known !== undefined) {
    known.isReturn = true;
    // The latest is the last of the map.
    visits.delete(known.key);
    visits.set(known.key, known);
    return known;
  }
  count += 1;
  const visit: Visit = {
    key: key ?? `${Date.now()}-${count}`,
    fragment: location.hash,
    isReturn: false,
    scroll: 0,
    href: undefined,
    answers: new Map(),
  };
  visits.set(visit.key, visit);
  remember(visit);
  for (const [place, old] of [...visits.values()].reverse().entries()) {
    if (place >= maxWithAnswers) old.answers = new Map();
    if (place >= maxVisits) visits.delete(old.key);
  }
  return visit;
}

function remember({ key }: Visit): void {
  history.replaceState({ visit: key }, "");
}

function keyOfEntry(): string | undefined {
  const state: unknown = history.state;
  const key: unknown = typeof state === "object" && state !== null ? Reflect.get(state, "visit") : undefined;
  return typeof key === "string" ? key : undefined;
}

function linkTo(href: string | undefined): HTMLElement | undefined {
  if (href === undefined) return undefined;
  const links = document.querySelectorAll<HTMLElement>("#content a");
  return [...links].find((link) => link.getAttribute("href") === href);
}
