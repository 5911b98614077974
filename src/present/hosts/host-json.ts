import type { HostRecord } from "../../core/store.ts";
import { isoTime } from "../text/iso-time.ts";
import type { HostJson } from "./host-schema.ts";

export function hostJson({ firstSeen, lastSeen, device, sharedBy, macs, vendors, ...host }: HostRecord): HostJson {
  const devices = device === undefined ? (sharedBy ?? []) : [device];
  return {
    ...host,
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    macs: withOthers(
      macs,
      devices.map(({ mac }) => mac),
    ),
    vendors: withOthers(
      vendors,
      devices.flatMap(({ vendor }) => vendor ?? []),
    ),
    deviceName: device?.name,
    sharedBy: sharedBy?.map(({ mac }) => mac),
  };
}

function withOthers(texts: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...texts, ...others])];
}
