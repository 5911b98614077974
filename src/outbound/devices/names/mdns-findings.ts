import type { Address } from "../../../core/address.ts";
import type { Neighbour } from "../../../core/device.ts";
import { reverseNameOf } from "../../../core/reverse-name.ts";
import type { MdnsAnswer } from "../../../wire/mdns/parse.ts";
import { deviceNameOf } from "./device-name.ts";

export interface MdnsQuestion {
  readonly name: string;
  readonly type: "PTR" | "SRV" | "A";
}

/** Lists the types of services in a network (RFC 6763 section 9). */
export const kindsOfServices = "_services._dns-sd._udp.local";

interface NameFound {
  readonly name: string;
  /** The host itself sent the answer; answers of others about it have a lower priority. */
  readonly isOwn: boolean;
}

/** Maximum number of follow-up questions, because answers come from untrusted hosts. */
const maxFollowing = 128;
/** `_http._tcp.local`, RFC 6763 section 7. */
const kind = /^_[A-Za-z0-9-]{1,15}\._(?:tcp|udp)\.local$/i;

/**
 * Names in answers of multicast DNS, and the next questions: types of services lead to services (PTR), these to hosts (SRV), and
 * hosts to addresses (A). Most hosts send all of it in one answer.
 */
export class MdnsFindings {
  readonly #byReverseName: ReadonlyMap<string, Address>;
  readonly #addresses: ReadonlyMap<string, Address>;
  readonly #found = new Map<Address, NameFound>();
  readonly #known = new Set<string>();
  readonly #following = new Map<string, MdnsQuestion>();
  #followed = 0;

  constructor(neighbours: readonly Neighbour[]) {
    this.#byReverseName = new Map(neighbours.map(({ address }) => [reverseNameOf(address), address]));
    // Answers carry no zones.
    this.#addresses = new Map(neighbours.map(({ address }) => [withoutZone(address), address]));
  }

  /** @param source the host that sent the answer */
  add(answer: MdnsAnswer, source: Address): void {
    for (const { host, address } of answer.addresses) {
      this.#answered({ name: host, type: "A" });
      const known = this.#addresses.get(address);
      if (known !== undefined) this.#addName(known, host, source);
    }
    for (const { service, host } of answer.services) {
      this.#answered({ name: service, type: "SRV" });
      this.#follow({ name: host, type: "A" });
    }
    for (const { name, target } of answer.pointers) {
      const address = this.#byReverseName.get(name.toLowerCase());
      if (address !== undefined) this.#addName(address, target, source);
      else if (name.toLowerCase() === kindsOfServices && kind.test(target)) this.#follow({ name: target, type: "PTR" });
      else if (kind.test(name)) this.#follow({ name: target, type: "SRV" });
    }
  }

  /** Questions without an answer yet; each is returned once. */
  takeFollowing(): readonly MdnsQuestion[] {
    const questions = [...this.#following.values()].slice(0, maxFollowing - this.#followed);
    for (const question of questions) this.#answered(question);
    this.#followed += questions.length;
    return questions;
  }

  unnamed(): readonly Address[] {
    return [...this.#addresses.values()].filter((address) => !this.#found.has(address));
  }

  names(): ReadonlyMap<Address, string> {
    return new Map([...this.#found].map(([address, { name }]) => [address, name]));
  }

  #follow(question: MdnsQuestion): void {
    const key = keyOf(question);
    if (this.#known.has(key) || this.#following.size >= maxFollowing || !/\.local$/i.test(question.name)) return;
    this.#following.set(key, question);
  }

  #answered(question: MdnsQuestion): void {
    const key = keyOf(question);
    this.#following.delete(key);
    if (this.#known.size < maxKnown) this.#known.add(key);
  }

  #addName(address: Address, text: string, source: Address): void {
    const name = deviceNameOf(text, address);
    if (name === undefined) return;
    const isOwn = withoutZone(source) === withoutZone(address);
    const known = this.#found.get(address);
    if (known === undefined || (isOwn && !known.isOwn)) this.#found.set(address, { name, isOwn });
  }
}

const maxKnown = 4096;

function keyOf({ name, type }: MdnsQuestion): string {
  return `${type} ${name.toLowerCase()}`;
}

function withoutZone(address: Address): string {
  return address.split("%", 1)[0] ?? address;
}
