import { addressFromBigInt } from "../core/address.ts";
import { parseRange, rangeSize } from "../core/network.ts";
import type { LargeIpv6Network } from "./local-networks.ts";
import { plainName } from "./proposed-networks.ts";

/** As many as IPv4 has. At a thousand a second they take fifty days. */
const maxAddresses = 1n << 32n;

const namedAtMost = 8;

/** Why a target cannot be scanned because of its size, and what to do instead; `undefined` if it can, or is not a range. */
export function whyTooLarge(target: string): string | undefined {
  const range = parseRange(target.trim());
  if (range === undefined || rangeSize(range) <= maxAddresses) return undefined;
  return `${JSON.stringify(target.trim())} has too many addresses to scan: list its hosts, or networks of /112 and smaller`;
}

/** Sentences for the user: which IPv6 networks are not proposed, why, and what to do instead. Empty without such networks. */
export function aboutLargeIpv6(networks: readonly LargeIpv6Network[]): readonly string[] {
  const [first] = networks;
  if (first === undefined) return [];
  const named = networks.slice(0, namedAtMost).map(({ cidr, interfaceName, scope }) => {
    return `${cidr} (${plainName(interfaceName)}${scope === "public" ? ", public" : ""})`;
  });
  const more = networks.length > named.length ? ` and ${networks.length - named.length} more` : "";
  const isPublic = networks.some(({ scope }) => scope === "public");
  return [
    `Not proposed: ${named.join(", ")}${more}: IPv6 networks have too many addresses to scan them all.`,
    `List the hosts to scan, such as ${JSON.stringify(exampleHost(first))}${isPublic ? "; public ones in scope.allow as well" : ""}.`,
    "Devices with IPv6 are also found, without their ports, on an interface whose IPv4 network is scanned.",
  ];
}

function exampleHost({ cidr, interfaceName, scope }: LargeIpv6Network): string {
  const range = parseRange(cidr);
  const host = range === undefined ? cidr : addressFromBigInt(range.first + 0x10n, 6);
  return scope === "link-local" ? `${host}%${plainName(interfaceName)}` : host;
}
