import * as z from "zod";
import type { ChannelName } from "../core/delivery.ts";
import type { ChannelDefinition } from "./channel-definition.ts";
import { channels, notifyChannels } from "./channels.ts";

/** The configured section of a channel, or one entry of it. */
export interface ChannelSection {
  readonly channel: ChannelName;
  /** The name of the entry; without entries, of the channel. `notify` lists contain it, and deliveries have it as their recipient. */
  readonly name: string;
  /** Validated by the schema of its channel. */
  readonly section: object;
}

const entryName = z.string().regex(/^[^\p{C},]{1,100}$/u, "a name is 1 to 100 characters, without commas");

/** The keys of channels in the section `notify`. */
export const notifyKeys: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  notifyChannels.map((channel) => [keyOf(channel), keySchema(channel)]),
);

function keySchema(channel: ChannelDefinition): z.ZodType {
  const { hasEntries, schema } = channel;
  if (!hasEntries) return schema.optional();
  const key = keyOf(channel);
  return z
    .record(entryName, schema)
    .default({})
    .meta({ description: `${key.charAt(0).toUpperCase()}${key.slice(1)} by name.` });
}

/** The key of its section: `webhooks`. */
export function keyOf({ path }: Pick<ChannelDefinition, "path">): string {
  return path.at(-1) ?? "";
}

/**
 * The configured sections, in the order of the channels.
 * @param root the sections of the configuration, by name
 */
export function channelSections(root: object): readonly ChannelSection[] {
  return channels.flatMap(({ name: channel, path, hasEntries }): ChannelSection[] => {
    const value = path.reduce<unknown>(childOf, root);
    if (!isObject(value)) return [];
    if (!hasEntries) return [{ channel, name: channel, section: value }];
    return Object.entries(value).flatMap(([name, section]) => (isObject(section) ? [{ channel, name, section }] : []));
  });
}

/** The sections that `notify` lists can name. */
export function notifySections(sections: readonly ChannelSection[]): readonly ChannelSection[] {
  return sections.filter(({ channel }) => notifyChannels.some(({ name }) => name === channel));
}

/** The path of a section in the configuration: `["notify", "ntfy"]`, `["notify", "webhooks", "ops"]`. */
export function sectionPath({ channel, name }: Pick<ChannelSection, "channel" | "name">): readonly string[] {
  const found = channels.find((known) => known.name === channel);
  if (found === undefined) return [];
  return found.hasEntries ? [...found.path, name] : found.path;
}

/** A copy of the configuration in which `change` has replaced each section of a channel. */
export function mapChannelSections<Root extends object>(
  root: Root,
  change: (section: object, definition: ChannelDefinition) => object,
): Root {
  return channels.reduce((changed, definition) => {
    const changeValue = (value: object) =>
      definition.hasEntries
        ? Object.fromEntries(
            Object.entries(value).map(([name, entry]) => [name, isObject(entry) ? change(entry, definition) : entry]),
          )
        : change(value, definition);
    return changedAt(changed, definition.path, changeValue);
  }, root);
}

/** A copy in which `change` has replaced the object at `path`; the same value if there is none. */
function changedAt<Value extends object>(
  value: Value,
  path: readonly string[],
  change: (value: object) => object,
): Value {
  const [key, ...below] = path;
  if (key === undefined) return value;
  const child = childOf(value, key);
  if (!isObject(child)) return value;
  return { ...value, [key]: below.length === 0 ? change(child) : changedAt(child, below, change) };
}

function childOf(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The file of certificate authorities that a section names. */
export function authoritiesFile(section: object): string | undefined {
  return "ca_file" in section && typeof section.ca_file === "string" ? section.ca_file : undefined;
}
