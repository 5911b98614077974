import { type Address, familyOf, parseAddress } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import type { Neighbour } from "../../../core/device.ts";
import { hostNameOfStatus, nodeStatusRequest, parseNodeStatus } from "../../../wire/netbios/parse.ts";
import { deviceNameOf } from "./device-name.ts";
import type { AddressNames } from "./name-source.ts";
import { paced, QuerySocket } from "./query-socket.ts";

export interface NetbiosNamesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly perSecond: number;
  /** How long to wait for answers after each of two rounds. */
  readonly waitMs: number;
}

const namePort = 137;
const rounds = 2;

/** Queries Windows machines and Samba servers for their names; IPv4 only. */
export class NetbiosNames implements AddressNames {
  readonly #options: NetbiosNamesOptions;

  constructor(options: NetbiosNamesOptions) {
    this.#options = options;
  }

  async namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>> {
    const { clock, perSecond, random, waitMs } = this.#options;
    const names = new Map<Address, string>();
    const answered = new Set<Address>();
    const targets = new Set(neighbours.map(({ address }) => address).filter((address) => familyOf(address) === 4));
    if (targets.size === 0) return names;
    const id = Math.floor(random.next() * 0x1_0000);
    await using socket = await QuerySocket.open({
      family: 4,
      receive: (bytes, from) => {
        const address = parseAddress(from.address);
        const status = parseNodeStatus(bytes);
        if (address === undefined || from.port !== namePort || !targets.has(address) || status?.id !== id) return;
        answered.add(address);
        const name = deviceNameOf(hostNameOfStatus(status) ?? "", address);
        if (name !== undefined) names.set(address, name);
      },
    });
    for (let round = 0; round < rounds && socket !== undefined && !signal.aborted; round++) {
      const open = [...targets].filter((address) => !answered.has(address));
      await paced(open, { perSecond, clock, signal }, (address) =>
        socket.send(nodeStatusRequest(id), namePort, address),
      );
      await clock.sleep(waitMs, signal);
    }
    return names;
  }
}
