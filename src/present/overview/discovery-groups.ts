/** Discoveries that belong together as one line: those of one device, and those of one kind that a scan made of many devices. */
import type { Discovery } from "../../core/discovery.ts";
import { addressesOf } from "../discoveries/discovery-addresses.ts";
import { discoveryJson } from "../discoveries/discovery-json.ts";
import type { DiscoveryGroupJson } from "./discovery-group-schema.ts";

/** Devices of a group that are lines of their own at most: more are one line. */
const maxDevices = 3;
const maxAddresses = 5;

interface GroupOptions {
  /** Groups at most. */
  readonly limit: number;
  /** There are more discoveries, all of them older: a group of the scan of the last one may have more than are counted. */
  readonly isCut: boolean;
  /** Whether what one scan found of many devices is one line, too. */
  readonly joinsDevices: boolean;
}

/**
 * Joins discoveries of the same kind in the same scan: all of one device, however many addresses it has; and where there are many devices, all of them.
 * @param discoveries newest first
 * @returns the groups in the order of their newest discoveries
 */
export function discoveryGroups(
  discoveries: readonly Discovery[],
  { limit, isCut, joinsDevices }: GroupOptions,
): DiscoveryGroupJson[] {
  const oldest = discoveries.at(-1);
  const ofScans = Map.groupBy(discoveries, ({ scanId, kind }) => `${scanId} ${kind}`);
  return [...ofScans.values()]
    .flatMap((ofScan) => {
      const devices = [...Map.groupBy(ofScan, thingOf).values()];
      return joinsDevices && devices.length > maxDevices
        ? [{ rows: ofScan, things: devices.length }]
        : devices.map((rows) => ({ rows, things: 1 }));
    })
    .flatMap(({ rows, things }) => {
      const [newest] = rows;
      return newest === undefined ? [] : [{ newest, rows, things }];
    })
    .sort((one, other) => other.newest.id - one.newest.id)
    .slice(0, limit)
    .map(({ newest, rows, things }) => {
      const addresses = [...new Set(rows.flatMap((row) => addressesOf(row)))];
      return {
        latest: discoveryJson(newest),
        count: rows.length,
        ...(isCut && newest.scanId === oldest?.scanId ? { isPartial: true } : {}),
        things,
        ...(rows.every(isOfDevice) ? { areDevices: true } : {}),
        addresses: addresses.slice(0, maxAddresses),
        addressCount: addresses.length,
        search: searchOf(newest, things),
      };
    });
}

/** The device, or else what has no known device. */
function thingOf({ id, device, mac, address }: Discovery): string {
  return device?.mac ?? mac ?? address ?? String(id);
}

/** Behind a router hosts are found, and no devices. */
function isOfDevice({ device, mac }: Discovery): boolean {
  return (device?.mac ?? mac) !== undefined;
}

function searchOf(discovery: Discovery, things: number): string {
  const { kind, scanId, address } = discovery;
  const mac = discovery.device?.mac ?? discovery.mac;
  const terms = [`kind:${kind}`, `scan:${scanId}`];
  if (things === 1 && mac !== undefined) terms.push(`mac:${mac}`);
  else if (things === 1 && address !== undefined) terms.push(`address:${address}`);
  return terms.join(" ");
}
