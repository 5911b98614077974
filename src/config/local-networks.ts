import type { NetworkInterfaceInfo } from "node:os";
import { parseAddress } from "../core/address.ts";
import { AddressSet, parseRange, privateRanges } from "../core/network.ts";

/** The result of `os.networkInterfaces()`. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** A private IPv4 network of this machine. */
export interface LocalNetwork {
  /** `192.168.1.0/24` */
  readonly cidr: string;
  readonly interfaceName: string;
  /** The whole network, if only a part of it is proposed. */
  readonly partOf?: string;
  /** A network inside this machine: of containers or virtual machines. */
  readonly virtual: boolean;
}

/** Of a larger network only a part is proposed: scanning all of it takes long, and it may belong to others. */
const shortestPrefix = 16;

const virtualName = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|cni|flannel|podman|lxc|lxd|incusbr|vEthernet)/;

/** The private IPv4 networks of this machine, each once; real ones before virtual ones. */
export function localNetworks(interfaces: Interfaces): LocalNetwork[] {
  const isPrivate = new AddressSet(privateRanges);
  const found = new Map<string, LocalNetwork>();
  for (const [interfaceName, addresses] of Object.entries(interfaces)) {
    for (const info of addresses ?? []) {
      const address = parseAddress(info.address);
      if (info.internal || info.cidr === null || address === undefined || address.includes(":")) continue;
      if (!isPrivate.has(address)) continue;
      const prefix = Number(info.cidr.split("/")[1]);
      const whole = networkOf(address, prefix);
      const cidr = prefix < shortestPrefix ? networkOf(address, 24) : whole;
      if (cidr === undefined || whole === undefined || found.has(cidr)) continue;
      const network = { cidr, interfaceName, virtual: virtualName.test(interfaceName) };
      found.set(cidr, cidr === whole ? network : { ...network, partOf: whole });
    }
  }
  return [...found.values()].sort((a, b) => Number(a.virtual) - Number(b.virtual));
}

function networkOf(address: string, prefix: number): string | undefined {
  const range = parseRange(`${address}/${prefix}`);
  if (range === undefined) return undefined;
  const octets = [24n, 16n, 8n, 0n].map((shift) => (range.first >> shift) & 255n);
  return `${octets.join(".")}/${prefix}`;
}
