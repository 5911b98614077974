import { type DeviceName, type NameSource, nameSources } from "./device.ts";
import { safeText } from "./safe-text.ts";

/** Names kept per device at most. */
const maxNames = 8;
/** UTF-16 units: the longest name of DNS. */
const maxNameLength = 255;

/** Earlier and new names of a device, best source first. New names replace the earlier ones of the same source. */
export function mergedNames(before: readonly DeviceName[], now: readonly DeviceName[]): readonly DeviceName[] {
  const answered = new Set(now.map(({ source }) => source));
  const all = [...now, ...before.filter(({ source }) => !answered.has(source))];
  const safe = all.map(({ name, source }) => ({ name: safeText(name, { limit: maxNameLength }).trim(), source }));
  const distinct = safe.filter(
    ({ name, source }, index) =>
      name !== "" && safe.findIndex((other) => other.name === name && other.source === source) === index,
  );
  const rank = (source: NameSource) => nameSources.indexOf(source);
  return distinct.sort((a, b) => rank(a.source) - rank(b.source)).slice(0, maxNames);
}

/** The owner's name, otherwise the best of the others. */
export function shownName(ownName: string | null, names: readonly DeviceName[]): string | undefined {
  return ownName ?? names[0]?.name;
}
