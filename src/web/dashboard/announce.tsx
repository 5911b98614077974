/** What an action has done, for eyes and screen readers: one place for all pages, so that it is in the document before it speaks. */
import { useEffect, useState } from "preact/hooks";
import { safeText } from "../../core/safe-text.ts";

/** How long it can be read. */
const shownMs = 8000;

let show: (text: string) => void = () => {};

/** Says what was done. */
export function announce(text: string): void {
  show(text);
}

export function Announcements() {
  const [said, setSaid] = useState({ text: "", round: 0 });
  useEffect(() => {
    show = (text) => setSaid(({ round }) => ({ text, round: round + 1 }));
    return () => {
      show = () => {};
    };
  }, []);
  useEffect(() => {
    if (said.text === "") return;
    const timer = setTimeout(() => setSaid(({ round }) => ({ text: "", round })), shownMs);
    return () => clearTimeout(timer);
  }, [said.round]);
  return (
    <p class="said" role="status">
      {said.text === "" ? null : <span key={said.round}>{safeText(said.text, { limit: 300 })}</span>}
    </p>
  );
}
