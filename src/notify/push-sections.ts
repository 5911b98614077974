import * as z from "zod";
import type { ChannelName } from "../core/delivery.ts";
import { pushChannels } from "./channels.ts";
import type { PushChannel } from "./push-channel.ts";

/** One configured recipient of short messages. */
export interface PushSection {
  readonly channel: ChannelName;
  /** What `notify` of a watch calls it, and the recipient of its deliveries. */
  readonly name: string;
  /** As checked by the schema of its channel. */
  readonly section: object;
}

const entryName = z.string().regex(/^[^\p{C},]{1,100}$/u, "a name is 1 to 100 characters, without commas");

/** The keys of all channels in the section `notify`. */
export const pushChannelKeys: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  pushChannels.map((channel) => [channel.key, keySchema(channel)]),
);

function keySchema({ hasEntries, schema, key }: PushChannel): z.ZodType {
  if (!hasEntries) return schema.optional();
  return z
    .record(entryName, schema)
    .default({})
    .meta({ description: `${key.charAt(0).toUpperCase()}${key.slice(1)} by name.` });
}

/** The configured recipients in the section `notify`, in the order of the channels. */
export function pushSections(notify: Readonly<Record<string, unknown>>): readonly PushSection[] {
  return pushChannels.flatMap(({ name: channel, key, hasEntries }): PushSection[] => {
    const value = notify[key];
    if (!isObject(value)) return [];
    if (!hasEntries) return [{ channel, name: channel, section: value }];
    return Object.entries(value).flatMap(([name, section]) => (isObject(section) ? [{ channel, name, section }] : []));
  });
}

/** Where a recipient is configured: `["notify", "ntfy"]`, `["notify", "webhooks", "ops"]`. */
export function pushPath({ channel, name }: Pick<PushSection, "channel" | "name">): readonly string[] {
  const found = pushChannels.find((known) => known.name === channel);
  if (found === undefined) return ["notify"];
  return found.hasEntries ? ["notify", found.key, name] : ["notify", found.key];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The keys of channels in the section `notify`, with the section of each recipient changed. */
export function mapPushSections(
  notify: Readonly<Record<string, unknown>>,
  change: (section: object) => object,
): Readonly<Record<string, object>> {
  const changed = pushChannels.flatMap(({ key, hasEntries }): [string, object][] => {
    const value = notify[key];
    if (!isObject(value)) return [];
    if (!hasEntries) return [[key, change(value)]];
    const entries = Object.entries(value).map(([name, section]) => [
      name,
      isObject(section) ? change(section) : section,
    ]);
    return [[key, Object.fromEntries(entries)]];
  });
  return Object.fromEntries(changed);
}

/** The file of certificate authorities that a section names. */
export function authoritiesFile(section: object): string | undefined {
  return "ca_file" in section && typeof section.ca_file === "string" ? section.ca_file : undefined;
}
