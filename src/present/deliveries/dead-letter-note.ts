import { plural } from "../text/plural.ts";

/**
 * Explains what happens to dead messages: they are not sent again, but the next report contains the findings of reports. Alerts and the like
 * are not repeated.
 * @param reports how many of them are reports
 */
export function gaveUpNote(count: number, reports: number): string {
  const messages = plural(count, "message was", "messages were");
  const next =
    "The next report to the same recipient repeats the findings of a report that was given up, unless that one is uncertain.";
  return [
    `${messages} given up: harbinger deliveries --state dead shows why, harbinger deliveries retry ID sends one again.`,
    ...(reports === 0 ? [] : [next]),
  ].join("\n");
}
