import type { ConnectionSummary } from "../../core/connection-store.ts";
import type { DeliverySummary } from "../../core/delivery.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { ListenerState, WatchState } from "../../core/running-state.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import type { Backlog, FirstScan } from "../../core/store.ts";
import { sourceJson } from "../connections/summary-json.ts";
import { deliveryJson } from "../deliveries/delivery-json.ts";
import { discoveryJson } from "../discoveries/discovery-json.ts";
import { scanJson } from "../scans/scan-json.ts";
import { isoTime } from "../text/iso-time.ts";
import { watchJson } from "../watches/watch-json.ts";
import { discoveryGroups } from "./discovery-groups.ts";
import type { OverviewJson } from "./overview-schema.ts";

export interface Overview {
  readonly now: number;
  /** The start of an hour. */
  readonly since: number;
  readonly counts: OverviewJson["discoveries"]["counts"];
  readonly unacknowledged: number;
  /** Discoveries of urgent kinds that nobody acknowledged: how many, and the newest of them, more than are shown one by one. */
  readonly urgent: { readonly count: number; readonly newest: readonly Discovery[] };
  readonly firstScans: readonly FirstScan[];
  /** How many are in force. */
  readonly mutes: number;
  /** How many there are since then, and the newest of them. */
  readonly recent: { readonly count: number; readonly newest: readonly Discovery[] };
  /** `undefined`: they are not counted yet. */
  readonly connections: ConnectionSummary | undefined;
  readonly listeners: readonly ListenerState[];
  readonly backlog: readonly Backlog[];
  readonly dead: readonly DeliverySummary[];
  /** `scans`: the latest ones, newest first. */
  readonly watches: readonly { readonly state: WatchState; readonly scans: readonly ScanRecord[] }[];
}

const hourMs = 3_600_000;
const maxCountries = 10;
/** Discoveries, and groups of them. */
const maxLatest = 10;

export function overviewJson(overview: Overview): OverviewJson {
  const { now, since, counts, unacknowledged, urgent, firstScans, mutes, recent, connections, backlog, dead, watches } =
    overview;
  const shownAbove = new Set(urgent.newest.map(({ id }) => id));
  return {
    time: isoTime(now),
    since: isoTime(since),
    discoveries: {
      counts,
      notAcknowledged: unacknowledged,
      urgent: {
        count: urgent.count,
        latest: urgent.newest.slice(0, maxLatest).map(discoveryJson),
        groups: discoveryGroups(urgent.newest, {
          limit: maxLatest,
          isCut: urgent.count > urgent.newest.length,
          joinsDevices: false,
        }),
      },
      firstScans: firstScans.map((scan) => ({ ...scan, at: isoTime(scan.at) })),
      latest: recent.newest.slice(0, maxLatest).map(discoveryJson),
      groups: discoveryGroups(
        recent.newest.filter(({ id }) => !shownAbove.has(id)),
        { limit: maxLatest, isCut: recent.count > recent.newest.length, joinsDevices: true },
      ),
    },
    mutes,
    connections: connections === undefined ? undefined : connectionsJson(overview, connections),
    deliveries: { states: statesOf(backlog), dead: dead.map(deliveryJson) },
    watches: watches.map(({ state, scans: [lastScan, ...earlier] }) => ({
      ...watchJson(state),
      lastScan: lastScan === undefined ? undefined : scanJson(lastScan),
      openPorts: openPortsOf(lastScan === undefined ? [] : [lastScan, ...earlier]),
    })),
  };
}

type ConnectionsJson = NonNullable<OverviewJson["connections"]>;

function connectionsJson(overview: Overview, connections: ConnectionSummary): ConnectionsJson {
  const { total, countedSince, sources, peers, countries, protocols, ports } = connections;
  return {
    total,
    countedSince: isoTime(countedSince),
    sources,
    listeners: listenersOf(overview, connections),
    peers: peers.map(sourceJson),
    countries: countries.slice(0, maxCountries),
    protocols,
    ports,
  };
}

function listenersOf(
  { now, since, listeners }: Overview,
  connections: ConnectionSummary,
): ConnectionsJson["listeners"] {
  const first = Math.floor(since / hourMs);
  const length = Math.floor(now / hourMs) - first + 1;
  const counted = new Map(connections.listeners.map((each) => [each.listener, each]));
  const resets = new Map(listeners.map(({ name, resetEarly }) => [name, resetEarly]));
  const names = new Set([...listeners.map(({ name }) => name), ...counted.keys()]);
  return [...names].map((listener) => {
    const hours = Array.from({ length }, () => 0);
    const known = counted.get(listener);
    for (const { hour, count } of known?.hours ?? []) {
      // A time after now, from a clock that was ahead, belongs to no hour.
      if (hours[hour - first] !== undefined) hours[hour - first] = count;
    }
    return { listener, total: known?.count ?? 0, hours, resetEarly: resets.get(listener) ?? 0 };
  });
}

/** A scan that failed or was cut off found some ports by chance. */
function openPortsOf(scans: readonly ScanRecord[]): number[] {
  return scans
    .filter(({ status }) => status === "complete")
    .map(({ sighted }) => sighted)
    .reverse();
}

const states = ["open", "queued", "sending", "dead"] as const;

/** In the order of the life of a delivery. */
function statesOf(backlog: readonly Backlog[]): OverviewJson["deliveries"]["states"] {
  const groups = Map.groupBy(backlog, ({ state }) => state);
  return states.flatMap((state) => {
    const parts = groups.get(state);
    if (parts === undefined) return [];
    return [
      {
        state: state === "queued" ? "waiting" : state,
        count: parts.reduce((sum, { count }) => sum + count, 0),
        oldestAt: isoTime(Math.min(...parts.map(({ oldestAt }) => oldestAt))),
      },
    ];
  });
}
