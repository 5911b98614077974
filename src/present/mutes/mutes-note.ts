import { plural } from "../text/plural.ts";

/** Why something may be missing from reports and alerts. */
export function mutesNote(count: number): string {
  return `${plural(count, "mute is", "mutes are")} in force: what they cover is recorded and not reported. harbinger mutes lists them.`;
}
