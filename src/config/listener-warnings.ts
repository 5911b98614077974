import { splitList } from "../core/recipients.ts";
import { bannerPresets, looksLikeUnknownPreset } from "../inbound/listen/banners.ts";
import { type ListenerSettings, listenerSettings } from "../inbound/listen/schema.ts";
import { channelSections, notifySections } from "../notify/channel-sections.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** What is allowed about decoys and alerts and probably not meant. */
export function listenerWarnings({ named }: Sections): Finding[] {
  const { listeners, alerts, email } = named;
  const mailTo = splitList(alerts.email);
  const found: Finding[] = [];
  const hasChannels = notifySections(channelSections(named)).length > 0;
  const isPushed = alerts.notify === undefined ? hasChannels : splitList(alerts.notify).length > 0;
  // An empty list is a decision: the record of connections is enough.
  const isMeantSo = alerts.notify !== undefined && !isPushed;
  const isTold = mailTo.length > 0 || isPushed || isMeantSo;
  if (Object.keys(listeners).length > 0 && !isTold) {
    const message =
      "no alerts will be sent: set alerts.email or a channel under notify; alerts.notify: [] if recording is enough";
    found.push({ path: ["listeners"], what: "key", message });
  }
  if (mailTo.length > 0 && email === undefined) {
    found.push({ path: ["alerts", "email"], what: "key", message: "no mail can be sent without an email section" });
  }
  for (const [name, { banner }] of Object.entries(listeners)) {
    if (looksLikeUnknownPreset(banner)) {
      const names = Object.keys(bannerPresets).join(", ");
      const message = `clients get the text ${JSON.stringify(banner)}: it names no banner (${names})`;
      found.push({ path: ["listeners", name, "banner"], what: "value", message });
    }
  }
  return found;
}

/** Listeners that want a port which another one of them has: only one can be opened. */
export function portsListenedTwice({ named }: Sections): Finding[] {
  const takenBy = new Map<number, ListenerSettings[]>();
  return Object.entries(named.listeners).flatMap(([name, entry]): Finding[] => {
    const listener = listenerSettings(name, entry);
    let finding: Finding | undefined;
    for (const port of listener.ports) {
      const others = takenBy.get(port) ?? [];
      const other = others.find((earlier) => overlap(earlier.hosts, listener.hosts));
      if (other !== undefined) {
        const message = `port ${port} belongs to ${other.name} already; give one of them other ports or another host`;
        finding ??= { path: ["listeners", name, "ports"], what: "key", message };
      }
      takenBy.set(port, [...others, listener]);
    }
    return finding === undefined ? [] : [finding];
  });
}

function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.length === 0 || others.length === 0 || some.some((host) => others.some((other) => isSame(host, other)));
}

/** `::` beside no IPv4 address is IPv4, too: who writes both means both. */
function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  return one.includes(":") === other.includes(":") && [one, other].some((host) => host === "0.0.0.0" || host === "::");
}
