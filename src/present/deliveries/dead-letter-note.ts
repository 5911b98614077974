import { plural } from "../text/plural.ts";

/** What becomes of messages that were given up: nothing by itself, but their news is not lost. */
export function gaveUpNote(count: number): string {
  const messages = plural(count, "message was", "messages were");
  return [
    `${messages} given up: harbinger deliveries --state dead says why, harbinger deliveries retry ID sends one again.`,
    "The next report to the same recipient carries the news of a report that was given up, unless that one is uncertain.",
  ].join("\n");
}
