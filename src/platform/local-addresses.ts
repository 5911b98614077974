import os from "node:os";
import { type Address, parseAddress } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { AddressSet, loopbackRanges } from "../core/network.ts";
import { kernelAddresses } from "./kernel-addresses.ts";

/** What is local to this machine at one moment. */
export interface LocalAddresses {
  /** Without zones. */
  readonly addresses: ReadonlySet<string>;
  /** Ranges that contain more than addresses of interfaces. */
  readonly networks: AddressSet;
}

const loopback = new AddressSet(loopbackRanges);

/** The addresses are read again after this time. */
const freshMs = 1000;
/** Where the kernel lists many routes, reading takes long: at most one percent of the time. */
const timesLonger = 100;

/**
 * Whether an address belongs to this machine. For one task such as a scan: an address that was this machine's at any time since the call
 * counts, because a cable may be unplugged, or a network be joined, meanwhile.
 * @param read replaced in tests
 */
export function localAddressTest(
  clock: Pick<Clock, "monotonic">,
  read: () => LocalAddresses = readLocalAddresses,
): (address: Address) => boolean {
  const known = new Set<string>();
  let networks: readonly AddressSet[] = [];
  let freshUntil = 0;
  const refresh = () => {
    const startedAt = clock.monotonic();
    const now = read();
    for (const address of now.addresses) known.add(address);
    // Such routes are set up by hand, so the first ones and the latest ones are enough.
    networks = [networks[0] ?? now.networks, now.networks];
    const readAt = clock.monotonic();
    freshUntil = readAt + Math.max(freshMs, (readAt - startedAt) * timesLonger);
  };
  refresh();
  return (text) => {
    const address = withoutZone(text);
    const isLocal = () => known.has(address) || networks.some((all) => all.has(address));
    if (loopback.has(address) || isLocal()) return true;
    if (clock.monotonic() < freshUntil) return false;
    refresh();
    return isLocal();
  };
}

function readLocalAddresses(): LocalAddresses {
  const { local4, interfaces6 } = kernelAddresses();
  const addresses = new Set<string>([...local4.addresses, ...interfaces6.map(({ address }) => address)]);
  for (const address of listedAddresses()) addresses.add(address);
  return { addresses, networks: new AddressSet(local4.networks) };
}

function listedAddresses(): readonly Address[] {
  try {
    return Object.values(os.networkInterfaces()).flatMap((all) =>
      (all ?? []).flatMap(({ address }) => parseAddress(withoutZone(address)) ?? []),
    );
  } catch {
    // Fails if no descriptor is free.
    return [];
  }
}

function withoutZone<Text extends string>(address: Text): Text {
  return (address.split("%", 1)[0] ?? address) as Text;
}
