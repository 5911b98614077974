import type { ConnectionSource, ConnectionSummary, ListedSource } from "../../core/connection-store.ts";
import type { DeviceRecord } from "../../core/device.ts";
import { deviceOrDevices } from "../devices/device-json.ts";
import { isoTime } from "../text/iso-time.ts";
import { holderJson } from "./connection-json.ts";
import type { ListedSourceJson } from "./listed-source-schema.ts";
import type { SourceDetailsJson } from "./source-schema.ts";
import { sourceJson } from "./summary-json.ts";

export interface SourceDetails {
  readonly source: ConnectionSource;
  /** That had the address when it connected. */
  readonly devices: readonly DeviceRecord[];
  readonly since: number;
  /** Of its own connections since then. */
  readonly summary: ConnectionSummary;
  /** Its fingerprints, with the connections of others that have the same one, where those were counted. */
  readonly fingerprints: readonly {
    readonly fingerprint: ConnectionSummary["fingerprints"][number];
    readonly others?: Pick<ConnectionSummary, "sources" | "peers"> | undefined;
  }[];
}

/** One line of the list of all sources. */
export function listedSourceJson({ protocols, ...source }: ListedSource): ListedSourceJson {
  return { ...placed(source), ...holderJson(source.holder), protocols: [...protocols] };
}

function placed({ address, count, firstAt, lastAt, origin, isKnown }: ConnectionSource) {
  return {
    address,
    count,
    firstSeen: isoTime(firstAt),
    lastSeen: isoTime(lastAt),
    ...(origin === undefined || Object.keys(origin).length === 0 ? {} : { origin }),
    known: isKnown,
  };
}

export function sourceDetailsJson({ source, devices, since, summary, fingerprints }: SourceDetails): SourceDetailsJson {
  return {
    ...placed(source),
    ...deviceOrDevices(devices),
    since: isoTime(since),
    countedSince: isoTime(summary.countedSince),
    protocols: [...summary.protocols],
    ports: [...summary.ports],
    listeners: summary.listeners.map(({ listener, count: number }) => ({ listener, count: number })),
    fingerprints: fingerprints.map(({ fingerprint, others }) => ({
      ...fingerprint,
      ...(others === undefined ? {} : { otherSources: others.sources, others: others.peers.map(sourceJson) }),
    })),
  };
}
