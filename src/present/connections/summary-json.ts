import type { ConnectionSummary } from "../../core/connection-store.ts";
import { isoTime } from "../text/iso-time.ts";
import { holderJson } from "./connection-json.ts";
import type { ConnectionSummaryJson } from "./summary-schema.ts";
import { summarySeries, type TimeSpan } from "./summary-series.ts";

export interface SummaryOptions extends TimeSpan {
  readonly interval: ConnectionSummaryJson["interval"];
  readonly timeZone: string;
  /** Listeners at most. */
  readonly top: number;
}

export function connectionSummaryJson(summary: ConnectionSummary, options: SummaryOptions): ConnectionSummaryJson {
  const { total, countedSince, sources, hours, listeners, peers, countries, networks, protocols, ports, fingerprints } =
    summary;
  const { since, until, interval, top } = options;
  return {
    since: isoTime(since),
    until: isoTime(until),
    total,
    countedSince: isoTime(countedSince),
    sources,
    interval,
    series: summarySeries(hours, options).map(({ start, count }) => ({ start: isoTime(start), count })),
    listeners: listeners.slice(0, top).map(({ listener, count }) => ({ listener, count })),
    peers: peers.map(sourceJson),
    countries: [...countries],
    networks: [...networks],
    protocols: [...protocols],
    ports: [...ports],
    fingerprints: [...fingerprints],
  };
}

export function sourceJson(peer: ConnectionSummary["peers"][number]): ConnectionSummaryJson["peers"][number] {
  const { address, count, lastAt, origin, isKnown, holder } = peer;
  return {
    address,
    count,
    lastAt: isoTime(lastAt),
    countryCode: origin?.countryCode,
    country: origin?.country,
    organization: origin?.organization,
    hostname: origin?.hostname,
    ...(isKnown === undefined ? {} : { known: isKnown }),
    ...holderJson(holder),
  };
}
