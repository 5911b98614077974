/** What an action has done, for eyes and screen readers: one place for all pages, so that it is in the document before it speaks. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { safeText } from "../../core/safe-text.ts";

/** How long it can be read. */
const shownMs = 8000;

let show: (text: string) => void = () => {};

/** Says what was done. */
export function announce(text: string): void {
  show(text);
}

interface Said {
  readonly text: string;
  readonly round: number;
  /** Away from the control that has the focus: it is often the one that undoes what was done. */
  readonly isAtTop: boolean;
}

function isFocusLow(): boolean {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) return false;
  return activeElement.getBoundingClientRect().bottom > innerHeight / 2;
}

/** @param visit of the page that is shown: what was done on another one is not said any more */
export function Announcements({ visit }: { readonly visit: string }) {
  const [said, setSaid] = useState<Said>({ text: "", round: 0, isAtTop: false });
  useLayoutEffect(() => setSaid((before) => ({ ...before, text: "" })), [visit]);
  useEffect(() => {
    show = (text) => setSaid(({ round }) => ({ text, round: round + 1, isAtTop: isFocusLow() }));
    return () => {
      show = () => {};
    };
  }, []);
  useEffect(() => {
    if (said.text === "") return;
    const timer = setTimeout(() => setSaid((before) => ({ ...before, text: "" })), shownMs);
    return () => clearTimeout(timer);
  }, [said.round]);
  return (
    <p class={said.isAtTop ? "said at-top" : "said"} role="status">
      {said.text === "" ? null : <span key={said.round}>{safeText(said.text, { limit: 300 })}</span>}
    </p>
  );
}
