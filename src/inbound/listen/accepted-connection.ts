import type { Address } from "../../core/address.ts";
import type { Endpoint } from "../../core/connection.ts";
import type { Arrival } from "../arrival.ts";

/** The acceptor, as an accepted connection sees it. */
export interface AcceptedConnectionHost {
  readonly name: string;
  assign(address: Address): boolean;
  left(countedAs: Address | undefined): void;
}

export interface AcceptedConnectionFacts {
  readonly id: string;
  readonly at: number;
  readonly startedAt: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly proxied: boolean;
}

/** One accepted connection, which takes one place of the connection limit until it ends. */
export class AcceptedConnection implements Arrival {
  readonly id: string;
  readonly at: number;
  readonly startedAt: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly proxied: boolean;
  readonly #host: AcceptedConnectionHost;
  #countedAs: Address | undefined;

  constructor(host: AcceptedConnectionHost, facts: AcceptedConnectionFacts) {
    this.#host = host;
    this.id = facts.id;
    this.at = facts.at;
    this.startedAt = facts.startedAt;
    this.peer = facts.peer;
    this.local = facts.local;
    this.proxied = facts.proxied;
    this.#countedAs = facts.proxied ? undefined : facts.peer.address;
  }

  get listener(): string {
    return this.#host.name;
  }

  admit(peer: Endpoint): boolean {
    if (this.#countedAs !== undefined) return true;
    if (!this.#host.assign(peer.address)) return false;
    this.#countedAs = peer.address;
    return true;
  }

  leave(): void {
    this.#host.left(this.#countedAs);
  }
}
