import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/config.ts";
import { isRawMap, type RawValue } from "../../config/raw-value.ts";
import { formatPorts, type Port } from "../../core/ports.ts";
import { type ChannelSection, sectionPath } from "../../notify/channel-sections.ts";

/** Sections whose entries are reported by name. */
const named = { watches: "watch", listeners: "listener" } as const;

/**
 * Describes the changes of a new configuration, one sentence for each watch, listener and section:
 * `watch lan-web: targets, ports`, `listener decoy: + port 2222, - port 23`. Values are omitted: they may be secrets.
 */
export function describeChanges(before: Config, after: Config): string[] {
  const changes: string[] = [];
  const sections = [...new Set([...keysOf(before.shown), ...keysOf(after.shown)])];
  for (const section of sections) {
    const [was, is] = [entryOf(before.shown, section), entryOf(after.shown, section)];
    if (section.startsWith("port_")) changes.push(...entryChange("watch", section, { was, is }));
    else if (section === "watches") changes.push(...entriesOf(named[section], was, is));
    else if (section === "listeners") changes.push(...listenerChanges(before, after));
    else if (!isDeepStrictEqual(was, is)) changes.push(`${section}: ${changedKeys(was, is).join(", ") || "changed"}`);
  }
  const isListed = (section: string) => changes.some((text) => text.startsWith(`${section}:`));
  for (const section of new Set([...before.channels, ...after.channels].map(topSection))) {
    const of = ({ channels }: Config) => channels.filter((entry) => topSection(entry) === section);
    if (!isListed(section) && !isDeepStrictEqual(of(before), of(after))) changes.push(`${section}: a secret`);
  }
  if (!isListed("web") && !isDeepStrictEqual(before.web, after.web)) changes.push("web: a secret");
  return changes;
}

/** The section of the configuration that contains the section of a channel. */
function topSection(entry: ChannelSection): string {
  return sectionPath(entry)[0] ?? "";
}

function listenerChanges(before: Config, after: Config): string[] {
  const [was, is] = [entryOf(before.shown, "listeners"), entryOf(after.shown, "listeners")];
  const portsOf = ({ listeners }: Config, name: string) =>
    listeners.find((listener) => listener.name === name)?.ports ?? [];
  return namesOf(was, is).flatMap((name) => {
    const [former, latter] = [entryOf(was, name), entryOf(is, name)];
    if (former === undefined || latter === undefined) {
      const ports = formatPorts(portsOf(former === undefined ? after : before, name));
      return [`listener ${name}: ${former === undefined ? "new" : "removed"}, ports ${ports}`];
    }
    const ports = portChanges(portsOf(before, name), portsOf(after, name));
    const keys = changedKeys(former, latter).filter((key) => key !== "ports");
    const all = [...ports, ...keys];
    return all.length === 0 ? [] : [`listener ${name}: ${all.join(", ")}`];
  });
}

function portChanges(was: readonly Port[], is: readonly Port[]): string[] {
  const without = (some: readonly Port[], others: readonly Port[]) => {
    const known = new Set(others);
    return some.filter((port) => !known.has(port));
  };
  return [portsWord("+", without(is, was)), portsWord("-", without(was, is))].flat();
}

function portsWord(sign: string, ports: readonly Port[]): string[] {
  return ports.length === 0 ? [] : [`${sign} port${ports.length === 1 ? "" : "s"} ${formatPorts(ports)}`];
}

function entriesOf(word: string, was: RawValue | undefined, is: RawValue | undefined): string[] {
  return namesOf(was, is).flatMap((name) =>
    entryChange(word, name, { was: entryOf(was, name), is: entryOf(is, name) }),
  );
}

function entryChange(
  word: string,
  name: string,
  { was, is }: { readonly was: RawValue | undefined; readonly is: RawValue | undefined },
): string[] {
  if (isDeepStrictEqual(was, is)) return [];
  if (was === undefined) return [`${word} ${name}: new`];
  if (is === undefined) return [`${word} ${name}: removed`];
  return [`${word} ${name}: ${changedKeys(was, is).join(", ")}`];
}

function changedKeys(was: RawValue | undefined, is: RawValue | undefined): string[] {
  return namesOf(was, is).filter((key) => !isDeepStrictEqual(entryOf(was, key), entryOf(is, key)));
}

function namesOf(was: RawValue | undefined, is: RawValue | undefined): string[] {
  return [...new Set([...keysOf(was), ...keysOf(is)])];
}

function keysOf(value: RawValue | undefined): string[] {
  return value !== undefined && isRawMap(value) ? Object.keys(value) : [];
}

function entryOf(value: RawValue | undefined, key: string): RawValue | undefined {
  return value !== undefined && isRawMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
