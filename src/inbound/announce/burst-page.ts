import { formatPorts } from "../../core/ports.ts";
import { protocolTitle } from "../../core/protocol-title.ts";
import { withinCalendar } from "../../core/wall-clock.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { shown } from "../../present/alerts/place-text.ts";
import type { Alert } from "../alert/alert.ts";
import { type ProtocolCount, sharedNetwork } from "../alert/burst.ts";
import type { Digest } from "../alert/digest.ts";
import { type PageTimes, peerRows } from "./connection-page.ts";
import { type AlertPage, type CountList, groupsOf } from "./page.ts";

type Summary = Extract<Alert, { kind: "summary" }>;

/** A summary: the suppressed connections of an address that has stopped connecting. */
export function summaryPage(alert: Summary, settings: AlertTextSettings, time: PageTimes): AlertPage {
  const { burst } = alert;
  const shared = sharedNetwork(burst);
  return {
    kind: "more connections to decoy ports",
    marks: [],
    remark: `This ${shared === undefined ? "address" : "network"} has stopped connecting. Since the last alert about it:`,
    groups: groupsOf(
      [
        "Decoy",
        [
          burst.ports.length === 1 ? "Decoy port" : "Decoy ports",
          formatPorts(burst.ports) + (burst.morePorts ? " and more" : ""),
        ],
        ["Connections", String(burst.connections)],
        ["First", time.local(burst.firstAt)],
        ["Last", time.local(burst.lastAt)],
      ],
      [
        "Peer",
        ["Peer network", shared],
        ["Addresses", shared && `${burst.moreAddresses === true ? "more than " : ""}${burst.addresses}; the last one:`],
        ...peerRows(burst.address, alert, settings),
      ],
      ["Request", ["Protocols", protocolList(burst.protocols)]],
    ),
    lists: [],
    more: `harbinger connections --peer ${shared ?? burst.address}`,
  };
}

/** A digest: connections over the alert budget. */
export function digestPage(digest: Digest, time: PageTimes): AlertPage {
  const { ports, topPorts, topCountries, topAddresses } = digest;
  return {
    kind: "many connections to decoy ports",
    marks: [],
    remark: "Too many at once for an alert each.",
    groups: groupsOf([
      "Total",
      ["Connections", String(digest.connections)],
      ["Addresses", digest.moreAddresses ? `more than ${digest.addresses}` : String(digest.addresses)],
      ["First", time.local(digest.firstAt)],
      ["Last", time.local(digest.lastAt)],
      ["Protocols", protocolList(digest.protocols)],
    ]),
    lists: [
      list(
        "Decoy ports",
        named(topPorts, ({ port }) => String(port)),
        ports - topPorts.length,
      ),
      list(
        "Countries",
        named(topCountries, ({ countryCode }) => shown(countryCode)),
        digest.countries - topCountries.length,
      ),
      list(
        "Peers",
        named(topAddresses, ({ address, countryCode }) => {
          return countryCode === undefined ? address : `${address} (${shown(countryCode)})`;
        }),
        digest.addresses - topAddresses.length,
        digest.moreAddresses,
      ),
    ].filter(({ entries }) => entries.length > 0),
    more: `harbinger connections --since ${new Date(withinCalendar(digest.firstAt)).toISOString().replace(".000Z", "Z")}`,
  };
}

function named<Entry extends { readonly connections: number }>(
  entries: readonly Entry[],
  nameOf: (entry: Entry) => string,
) {
  return entries.map((entry) => ({ name: nameOf(entry), connections: entry.connections }));
}

function list(heading: string, entries: CountList["entries"], left: number, isAtLeast = false): CountList {
  if (left <= 0 && !isAtLeast) return { heading, entries };
  return { heading, entries, rest: isAtLeast ? `and more than ${left} more` : `and ${left} more` };
}

/** `SSH 40, HTTP 2` */
function protocolList(protocols: readonly ProtocolCount[]): string {
  return protocols.map(({ protocol, connections }) => `${protocolTitle(protocol)} ${connections}`).join(", ");
}
