import { type Address, familyOf } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import { type DeviceName, type Mac, type NameSource, type Neighbour, nameSources } from "../../../core/device.ts";
import type { DeviceNamer, Link } from "../../../core/link-survey.ts";
import type { Log } from "../../../core/log.ts";
import { ownIpv6Links, ownLinks } from "../../../platform/own-links.ts";
import { LeaseNames } from "./lease-names.ts";
import { MdnsNames } from "./mdns-names.ts";
import type { AddressNames } from "./name-source.ts";
import { NetbiosNames } from "./netbios-names.ts";
import { ReverseDnsNames } from "./reverse-dns.ts";

export interface SystemDeviceNamerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** DHCP lease files in addition to the usual ones. */
  readonly leaseFiles?: readonly string[];
  /** Whether devices are queried for their names (multicast DNS, NetBIOS). Default true. */
  readonly active?: boolean;
  /** DNS servers. Default: those of the system. */
  readonly servers?: readonly string[];
  /** Maximum time for all queries. Default: eight seconds. */
  readonly maxMs?: number;
  /** Maximum number of devices in one call. Default: 1024. */
  readonly maxDevices?: number;
  /** Default: `usualLeaseFiles`. */
  readonly usualLeaseFiles?: readonly string[];
}

const defaults = { maxMs: 8000, maxDevices: 1024 } as const;
/** Addresses of one device that are queried, per family. */
const maxAddresses = 4;

/**
 * Finds names of devices: in the files of DHCP servers, by reverse DNS, and by queries to the devices themselves. Each source
 * has at most one name for a device; all sources are queried at the same time.
 */
export class SystemDeviceNamer implements DeviceNamer {
  readonly #options: SystemDeviceNamerOptions;

  constructor(options: SystemDeviceNamerOptions) {
    this.#options = options;
  }

  async names(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Mac, readonly DeviceName[]>> {
    const { clock, log, maxDevices = defaults.maxDevices, maxMs = defaults.maxMs } = this.#options;
    const devices = byDevice(neighbours, maxDevices);
    if (devices.size === 0) return new Map();
    const targets = [...devices.values()].flat();
    const timeUp = new AbortController();
    const finished = new AbortController();
    const timer = clock.sleep(maxMs, finished.signal).then(() => timeUp.abort());
    const ended = AbortSignal.any([signal, timeUp.signal]);
    try {
      const [leases, ...answers] = await Promise.all([
        this.#leases(),
        ...this.#sources().map(async ({ source, names }) => ({ source, names: await names.namesOf(targets, ended) })),
      ]);
      const found = new Map<Mac, readonly DeviceName[]>();
      for (const [mac, addresses] of devices) {
        const lease = leases.get(mac);
        const names = [
          ...(lease === undefined ? [] : [{ name: lease, source: "dhcp" as const }]),
          ...answers.flatMap(({ source, names: known }) => nameFor(addresses, source, known)),
        ].sort((a, b) => nameSources.indexOf(a.source) - nameSources.indexOf(b.source));
        if (names.length > 0) found.set(mac, names);
      }
      log.debug("looked for names of devices", { devices: devices.size, named: found.size });
      return found;
    } finally {
      finished.abort();
      await timer;
    }
  }

  #leases(): Promise<ReadonlyMap<Mac, string>> {
    const { clock, leaseFiles = [], log, usualLeaseFiles } = this.#options;
    return new LeaseNames({ clock, log, files: leaseFiles, usualFiles: usualLeaseFiles }).names();
  }

  #sources(): readonly { readonly source: NameSource; readonly names: AddressNames }[] {
    const { active = true, clock, random, servers } = this.#options;
    const dns = new ReverseDnsNames({ clock, servers, parallel: 16, timeoutMs: 2000 });
    if (!active) return [{ source: "dns", names: dns }];
    return [
      { source: "dns", names: dns },
      { source: "mdns", names: new MdnsNames({ clock, perSecond: 200, waitMs: 1200, links: allLinks }) },
      { source: "netbios", names: new NetbiosNames({ clock, random, perSecond: 200, waitMs: 1000 }) },
    ];
  }
}

function allLinks(): readonly Link[] {
  return [...ownLinks(), ...ownIpv6Links()];
}

/** The first addresses of each device, IPv4 before IPv6. */
function byDevice(neighbours: readonly Neighbour[], maxDevices: number): ReadonlyMap<Mac, readonly Neighbour[]> {
  const devices = new Map<Mac, Neighbour[]>();
  const sorted = [...neighbours].sort((a, b) => familyOf(a.address) - familyOf(b.address));
  for (const neighbour of sorted) {
    const known = devices.get(neighbour.mac);
    if (known === undefined) {
      if (devices.size < maxDevices) devices.set(neighbour.mac, [neighbour]);
      continue;
    }
    const family = familyOf(neighbour.address);
    if (known.filter(({ address }) => familyOf(address) === family).length < maxAddresses) known.push(neighbour);
  }
  return devices;
}

function nameFor(
  neighbours: readonly Neighbour[],
  source: NameSource,
  names: ReadonlyMap<Address, string>,
): readonly DeviceName[] {
  const name = neighbours.map(({ address }) => names.get(address)).find((found) => found !== undefined);
  return name === undefined ? [] : [{ name, source }];
}
