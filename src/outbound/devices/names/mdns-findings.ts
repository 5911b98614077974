import type { Address } from "../../../core/address.ts";
import type { Neighbour } from "../../../core/device.ts";
import { reverseNameOf } from "../../../core/reverse-name.ts";
import type { MdnsAnswer } from "../../../wire/mdns/parse.ts";
import { deviceNameOf } from "./device-name.ts";

interface Told {
  readonly name: string;
  /** The host itself said so; what another one says of it is worth less. */
  readonly isOwn: boolean;
}

const maxKinds = 64;
const kindsOfServices = "_services._dns-sd._udp.local";
/** `_http._tcp.local`, RFC 6763 section 7. */
const kind = /^_[A-Za-z0-9-]{1,15}\._(?:tcp|udp)\.local$/i;

/** What answers of multicast DNS say about the addresses that were asked for. */
export class MdnsFindings {
  readonly #byReverseName: ReadonlyMap<string, Address>;
  readonly #addresses: ReadonlyMap<string, Address>;
  readonly #told = new Map<Address, Told>();
  readonly #kinds = new Set<string>();

  constructor(neighbours: readonly Neighbour[]) {
    this.#byReverseName = new Map(neighbours.map(({ address }) => [reverseNameOf(address), address]));
    // Answers carry no zones.
    this.#addresses = new Map(neighbours.map(({ address }) => [withoutZone(address), address]));
  }

  /** @param source who sent the answer */
  add(answer: MdnsAnswer, source: Address): void {
    for (const { name, target } of answer.pointers) {
      const address = this.#byReverseName.get(name.toLowerCase());
      if (address !== undefined) this.#tell(address, target, source);
      else if (name.toLowerCase() === kindsOfServices && kind.test(target) && this.#kinds.size < maxKinds)
        this.#kinds.add(target);
    }
    for (const { host, address } of answer.addresses) {
      const known = this.#addresses.get(address);
      if (known !== undefined) this.#tell(known, host, source);
    }
  }

  /** Kinds of services that somebody on the link offers. */
  takeKinds(): readonly string[] {
    return [...this.#kinds];
  }

  unnamed(): readonly Address[] {
    return [...this.#addresses.values()].filter((address) => !this.#told.has(address));
  }

  names(): ReadonlyMap<Address, string> {
    return new Map([...this.#told].map(([address, { name }]) => [address, name]));
  }

  #tell(address: Address, text: string, source: Address): void {
    const name = deviceNameOf(text, address);
    if (name === undefined) return;
    const isOwn = withoutZone(source) === withoutZone(address);
    const known = this.#told.get(address);
    if (known === undefined || (isOwn && !known.isOwn)) this.#told.set(address, { name, isOwn });
  }
}

function withoutZone(address: Address): string {
  return address.split("%", 1)[0] ?? address;
}
