import { plural } from "../text/plural.ts";

/** Explains what happens to dead messages: they are not sent again, but the next report contains their findings. */
export function gaveUpNote(count: number): string {
  const messages = plural(count, "message was", "messages were");
  return [
    `${messages} given up: harbinger deliveries --state dead shows why, harbinger deliveries retry ID sends one again.`,
    "The next report to the same recipient repeats the findings of a report that was given up, unless that one is uncertain.",
  ].join("\n");
}
