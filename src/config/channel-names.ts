import { nearestName } from "../core/nearest-name.ts";
import { splitList } from "../core/recipients.ts";
import { channelSections, keyOf, notifySections, sectionPath } from "../notify/channel-sections.ts";
import { channels, notifyChannels } from "../notify/channels.ts";
import { eachWatch } from "./check-names.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** A `notify` list in the configuration. */
interface ChannelList {
  readonly path: readonly PropertyKey[];
  readonly given: string | readonly string[] | undefined;
}

function channelLists(sections: Sections): ChannelList[] {
  return [
    ...eachWatch(sections).map(({ path, section }) => ({ path: [...path, "notify"], given: section.notify })),
    { path: ["devices", "notify"], given: sections.named.devices.notify },
    { path: ["alerts", "notify"], given: sections.named.alerts.notify },
  ];
}

/** Reports names in `notify` lists that do not identify exactly one configured channel. */
export function unknownChannels(sections: Sections): Finding[] {
  return channelLists(sections).flatMap(({ path, given }) => {
    const parts =
      typeof given === "string"
        ? [{ path, text: given }]
        : (given ?? []).map((text, index) => ({ path: [...path, index], text }));
    return parts.flatMap((part) =>
      splitList(part.text).flatMap((name): Finding[] => {
        const message = problemWith(name, sections);
        return message === undefined ? [] : [{ path: part.path, what: "value", message }];
      }),
    );
  });
}

function problemWith(name: string, { named }: Sections): string | undefined {
  const configured = notifySections(channelSections(named));
  const places = configured.filter((section) => section.name === name).map((section) => sectionPath(section).join("."));
  if (places.length > 1) return `${places.join(" and ")} have the same name; rename the entry ${places.at(-1)}`;
  if (places.length === 1) return undefined;
  const unused = notifyChannels.find((channel) => !channel.hasEntries && channel.name === name);
  if (unused !== undefined) return `${name} is not configured; add it under notify: ${unused.sample}`;
  const other = channels.find((channel) => channel.name === name || keyOf(channel) === name);
  if (other?.recipients === "email") {
    return `${other.name} is sent to the addresses in email; list only channels of the section notify here`;
  }
  return `no channel is named ${JSON.stringify(name.slice(0, 60))}. ${hintFor(
    name,
    configured.map((section) => section.name),
  )}`;
}

const maxListed = 20;

function hintFor(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (known.length > 0) return `Configured channels: ${known.slice(0, maxListed).join(", ")}.`;
  const withEntries = notifyChannels.filter(({ hasEntries }) => hasEntries).map(({ path }) => path.join("."));
  return `Add it under ${withEntries.join(" or ")}.`;
}

/** Reports configured channels that receive nothing, or only alerts, because no watch names them. */
export function idleChannels(sections: Sections): Finding[] {
  const { alerts, listeners } = sections.named;
  const lists = channelLists(sections);
  const used = new Set(lists.flatMap(({ given }) => splitList(given)));
  const getsAlerts = Object.keys(listeners).length > 0 && alerts.notify === undefined;
  const hasWatches = eachWatch(sections).length > 0;
  const namedByWatches = lists.flatMap(({ path, given }) => (path[0] === "alerts" ? [] : splitList(given)));
  // If a watch names any channel, the user knows the key; a channel named under alerts is meant for alerts.
  const isMissingInWatches = hasWatches && namedByWatches.length === 0;
  return notifySections(channelSections(sections.named)).flatMap((section): Finding[] => {
    const { name } = section;
    if (used.has(name) || (getsAlerts && !isMissingInWatches)) return [];
    const message = getsAlerts
      ? `alerts of decoys are sent there, reports of watches are not: add notify: [${name}] to a watch`
      : "nothing is sent there: name it in notify of a watch";
    return [{ path: sectionPath(section), what: "key", message }];
  });
}
