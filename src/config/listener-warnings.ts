import { splitList } from "../core/recipients.ts";
import { bannerPresets, looksLikeUnknownPreset } from "../inbound/listen/banners.ts";
import { type ListenerSettings, listenerSettings } from "../inbound/listen/schema.ts";
import { channelSections, notifySections } from "../notify/channel-sections.ts";
import type { Finding } from "./issues.ts";
import type { Sections } from "./sections.ts";

/** Settings about decoys and alerts that are valid but probably unintended. */
export function listenerWarnings({ named }: Sections): Finding[] {
  const { listeners, alerts, email } = named;
  const mailTo = splitList(alerts.email);
  const found: Finding[] = [];
  const hasChannels = notifySections(channelSections(named)).length > 0;
  const isPushed = alerts.notify === undefined ? hasChannels : splitList(alerts.notify).length > 0;
  // An empty list is deliberate: connections are only recorded.
  const isIntended = alerts.notify !== undefined && !isPushed;
  const sendsAlerts = mailTo.length > 0 || isPushed || isIntended;
  if (Object.keys(listeners).length > 0 && !sendsAlerts) {
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
      const message = `clients get the text ${JSON.stringify(banner)}: no banner has this name (${names})`;
      found.push({ path: ["listeners", name, "banner"], what: "value", message });
    }
  }
  return found;
}

/** Listeners that share a port on the same host: only one of them can open it. */
export function portsListenedTwice({ named }: Sections): Finding[] {
  const takenBy = new Map<number, ListenerSettings[]>();
  return Object.entries(named.listeners).flatMap(([name, entry]): Finding[] => {
    const listener = listenerSettings(name, entry);
    let finding: Finding | undefined;
    for (const port of listener.ports) {
      const others = takenBy.get(port) ?? [];
      const other = others.find((earlier) => overlap(earlier.hosts, listener.hosts));
      if (other !== undefined) {
        const message = `${other.name} already uses port ${port}; change the ports or the host of one of them`;
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

/** `::` includes IPv4 only if no IPv4 address is listed beside it. */
function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  return one.includes(":") === other.includes(":") && [one, other].some((host) => host === "0.0.0.0" || host === "::");
}
