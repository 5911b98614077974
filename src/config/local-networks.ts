import type { NetworkInterfaceInfo } from "node:os";
import { type Address, addressFromBigInt, addressToBigInt, familyOf, parseAddress } from "../core/address.ts";
import { type AddressRange, AddressSet, linkLocalRanges, privateRanges } from "../core/network.ts";

/** The result of `os.networkInterfaces()`. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** A private network of this machine that can be scanned address by address. */
export interface LocalNetwork {
  /** `192.168.1.0/24` */
  readonly cidr: string;
  readonly interfaceName: string;
  /** The whole network, if only a part of it is proposed. */
  readonly partOf?: string;
  /** `inside`: of containers or virtual machines of this machine. `tunnel`: of a VPN or a modem, whose other end may belong to others. */
  readonly kind: "lan" | "inside" | "tunnel";
}

/** An IPv6 network of this machine that is too large to be scanned address by address. */
export interface LargeIpv6Network {
  /** `fd00:1:2:3::/64` */
  readonly cidr: string;
  readonly interfaceName: string;
  readonly scope: "private" | "public" | "link-local";
}

/** A network that an interface reaches without a router, as the system's routes say. */
interface OnLinkRoute {
  readonly link: string;
  readonly range: AddressRange;
}

/** Of a larger network only a part is proposed: scanning all of it takes long, and it may belong to others. */
const shortestPrefix = 16;

/** As many addresses as in the largest IPv4 network that is proposed. */
const shortestPrefix6 = 112;

/**
 * Docker names its own bridges `br-` and twelve hexadecimal digits; `br-lan` is the network of a router. Hyper-V's switches with other
 * names may be connected to a real network.
 */
const insideName =
  /^(?:docker|br-[0-9a-f]{12}$|veth|virbr|vmnet|vboxnet|cni|flannel|cilium|kube-|podman|lxc|lxd|incusbr|vEthernet \((?:Default Switch|WSL|nat|DockerNAT))/;

const isPrivate = new AddressSet(privateRanges);
const isLinkLocal = new AddressSet(linkLocalRanges);

/** The private networks of this machine, each once; real ones before others. A network of one address is this machine alone. */
export function localNetworks(interfaces: Interfaces): LocalNetwork[] {
  const found = entriesOf(interfaces)
    .filter(({ address }) => isPrivate.has(address))
    .flatMap(({ address, prefix, interfaceName, kind }): LocalNetwork[] => {
      const whole = networkOf(address, prefix);
      const network = { cidr: whole, interfaceName, kind };
      if (familyOf(address) === 6) return prefix < shortestPrefix6 || prefix === 128 ? [] : [network];
      if (prefix === 32) return [];
      return prefix < shortestPrefix ? [{ ...network, cidr: networkOf(address, 24), partOf: whole }] : [network];
    })
    .sort((a, b) => Number(a.kind !== "lan") - Number(b.kind !== "lan"));
  return [...Map.groupBy(found, ({ cidr }) => cidr).values()].flatMap(([first]) => first ?? []);
}

/**
 * The IPv6 networks of this machine, each once, whose addresses are too many to scan. Those inside the machine and of tunnels are
 * omitted, and link-local ones where the machine has another network.
 * @param routes where DHCPv6 gives single addresses, only the routes show the network
 */
export function largeIpv6Networks(interfaces: Interfaces, routes: readonly OnLinkRoute[] = []): LargeIpv6Network[] {
  const entries = entriesOf(interfaces).filter(({ kind }) => kind === "lan");
  const names = new Set(entries.map(({ interfaceName }) => interfaceName));
  const all = [
    ...entries.filter(({ address }) => familyOf(address) === 6),
    ...routes
      .filter(({ link, range }) => names.has(link) && range.family === 6)
      .map(({ link, range }) => ({
        address: addressFromBigInt(range.first, 6),
        prefix: 128 - ((range.last - range.first + 1n).toString(2).length - 1),
        interfaceName: link,
      })),
  ];
  const isAlone = [...entries, ...all].every(({ address }) => isLinkLocal.has(address));
  const found = all
    .filter(({ prefix, address }) => prefix < shortestPrefix6 && (isAlone || !isLinkLocal.has(address)))
    .map(({ address, prefix, interfaceName }) => {
      return { cidr: networkOf(address, prefix), interfaceName, scope: scopeOf(address) };
    })
    .sort((a, b) => Number(a.scope === "public") - Number(b.scope === "public"));
  // Every interface has the same link-local network.
  const byNetwork = Map.groupBy(found, ({ cidr, scope, interfaceName }) =>
    scope === "link-local" ? `${cidr}%${interfaceName}` : cidr,
  );
  return [...byNetwork.values()].flatMap(([first]) => first ?? []);
}

function scopeOf(address: Address): LargeIpv6Network["scope"] {
  if (isLinkLocal.has(address)) return "link-local";
  return isPrivate.has(address) ? "private" : "public";
}

interface Entry {
  readonly address: Address;
  readonly prefix: number;
  readonly interfaceName: string;
  readonly kind: LocalNetwork["kind"];
}

function entriesOf(interfaces: Interfaces): Entry[] {
  return Object.entries(interfaces).flatMap(([interfaceName, infos]) =>
    (infos ?? []).flatMap((info): Entry[] => {
      const address = parseAddress(info.address);
      if (info.internal || info.cidr === null || address === undefined) return [];
      const prefix = Number(info.cidr.split("/")[1]);
      return [{ address, prefix, interfaceName, kind: kindOf(interfaceName, info) }];
    }),
  );
}

/** Interfaces without a MAC address are point-to-point: WireGuard, OpenVPN, PPP, mobile modems. */
function kindOf(interfaceName: string, { mac }: NetworkInterfaceInfo): LocalNetwork["kind"] {
  if (insideName.test(interfaceName)) return "inside";
  return mac === "00:00:00:00:00:00" ? "tunnel" : "lan";
}

function networkOf(address: Address, prefix: number): string {
  const family = familyOf(address);
  const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
  return `${addressFromBigInt((addressToBigInt(address) >> hostBits) << hostBits, family)}/${prefix}`;
}
