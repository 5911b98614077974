import { Resolver } from "node:dns/promises";
import { type Address, familyOf, parseAddress } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import type { Origin } from "../../../core/connection.ts";
import { systemCode } from "../../../core/errors.ts";
import type { Log } from "../../../core/log.ts";
import { AddressSet, loopbackRanges } from "../../../core/network.ts";
import { reverseNameOf } from "../../../core/reverse-name.ts";
import { BoundedConcurrency } from "../bounded-concurrency.ts";
import { ExpiringCache } from "../expiring-cache.ts";
import { isPublicAddress } from "../public-address.ts";
import { hostNameOf } from "./host-name.ts";

const parallelLookups = 16;
const waitingLookups = 1000;

/** Of several names of an address, so many are tried forward. */
const maxNames = 4;

const minute = 60_000;
const timeToLiveMs = { named: 60 * minute, nameless: 10 * minute, unanswered: minute };

const loopback = new AddressSet(loopbackRanges);

export type PeerName = Pick<Origin, "hostname" | "hostnameConfirmed">;

export interface ReverseDnsOptions {
  /** For all questions about one address together. */
  readonly timeoutMs: number;
  /** `ADDRESS` or `ADDRESS:PORT`. Default: those of the system. */
  readonly servers?: readonly string[];
  readonly cacheSize: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What DNS says, or that it did not say. */
type Answer<Value> = { readonly kind: "answer"; readonly value: Value } | { readonly kind: "silence" };

/**
 * Names of addresses. A name is worth what its zone's owner is worth, so it is asked back: confirmed where it resolves
 * to the address again, unconfirmed where it does not, neither where that question stays unanswered.
 */
export class ReverseDns {
  readonly #options: ReverseDnsOptions;
  readonly #cache: ExpiringCache<Address, PeerName>;
  readonly #concurrency = new BoundedConcurrency({ parallel: parallelLookups, queue: waitingLookups });
  readonly #resolvers = new Set<Resolver>();
  #refusalLogged = false;
  #stopped = false;

  constructor(options: ReverseDnsOptions) {
    this.#options = options;
    this.#cache = new ExpiringCache(options.cacheSize, options.clock);
  }

  /**
   * Finds the name of `address`: `learn` hears of it as soon as it is known, and again when it is confirmed or not.
   * Never rejects; where there is no name, or too many wait already, `learn` hears nothing.
   */
  async find(address: Address, onName: (name: PeerName) => void): Promise<void> {
    // A zone means something to this machine alone.
    if (address.includes("%")) return;
    const known = this.#cache.get(address);
    if (known !== undefined) {
      if (known.hostname !== undefined) onName(known);
      return;
    }
    await this.#concurrency.run(() => this.#lookUp(address, onName));
  }

  /** The name as remembered, if it is. */
  known(address: Address): PeerName | undefined {
    return this.#cache.get(address);
  }

  /** Ends what is being asked; later calls of `find` learn only what is known already. */
  stop(): void {
    this.#stopped = true;
    for (const resolver of this.#resolvers) resolver.cancel();
  }

  async #lookUp(address: Address, onName: (name: PeerName) => void): Promise<void> {
    if (this.#stopped) return;
    const { clock, servers, timeoutMs } = this.#options;
    // A resolver for each address: its questions can be ended without ending others, its source ports are its own, and a
    // changed resolv.conf is seen. A third of the time, so that a lost packet or a dead first server is not the end.
    const resolver = new Resolver({ timeout: Math.max(50, Math.ceil(timeoutMs / 3)), tries: 2 });
    if (servers !== undefined && servers.length > 0) resolver.setServers(servers);
    this.#resolvers.add(resolver);
    const finished = new AbortController();
    const timeLimit = clock.sleep(timeoutMs, finished.signal).then(() => resolver.cancel());
    try {
      await this.#ask(resolver, address, onName);
    } finally {
      finished.abort();
      await timeLimit;
      this.#resolvers.delete(resolver);
    }
  }

  async #ask(resolver: Resolver, address: Address, onName: (name: PeerName) => void): Promise<void> {
    const reverse = await this.#namesOf(resolver, address);
    const names = reverse.kind === "answer" ? legalNames(reverse.value) : [];
    const first = names[0];
    if (first === undefined) {
      this.#remember(address, {}, reverse.kind === "answer" ? timeToLiveMs.nameless : timeToLiveMs.unanswered);
      return;
    }
    onName({ hostname: first });
    // Nobody else speaks for it, and no DNS server has to know its name.
    if (loopback.has(address)) return this.#remember(address, { hostname: first }, timeToLiveMs.named);
    const forward = await Promise.all(names.map((name) => this.#resolvesTo(resolver, name, address)));
    const name = verdict(names, forward) ?? { hostname: first };
    onName(name);
    this.#remember(address, name, name.hostnameConfirmed === undefined ? timeToLiveMs.unanswered : timeToLiveMs.named);
  }

  #remember(address: Address, name: PeerName, forMs: number): void {
    // What was broken off by our own end says nothing.
    if (!this.#stopped) this.#cache.set(address, name, forMs);
  }

  /**
   * Addresses of one's own network may stand in the hosts file, which `reverse` reads first; but it calls every failure
   * "not found", so of all others DNS alone is asked.
   */
  async #namesOf(resolver: Resolver, address: Address): Promise<Answer<readonly string[]>> {
    if (isPublicAddress(address)) return this.#answerOf(resolver.resolvePtr(reverseNameOf(address)));
    const answer = await this.#answerOf(resolver.reverse(address));
    return answer.kind === "answer" && answer.value.length === 0 ? { kind: "silence" } : answer;
  }

  async #resolvesTo(resolver: Resolver, name: string, address: Address): Promise<boolean | undefined> {
    const resolving = familyOf(address) === 4 ? resolver.resolve4(name) : resolver.resolve6(name);
    const answer = await this.#answerOf(resolving);
    if (answer.kind === "silence") return undefined;
    return answer.value.some((text) => parseAddress(text) === address);
  }

  /** No such name, and none of this type, are answers; so is one that cannot be understood. */
  async #answerOf(question: Promise<string[]>): Promise<Answer<readonly string[]>> {
    try {
      const value = await question;
      this.#refusalLogged = false;
      return { kind: "answer", value };
    } catch (error) {
      const code = systemCode(error);
      if (code === "ENOTFOUND" || code === "ENODATA" || code === "EBADNAME" || code === "EBADRESP") {
        return { kind: "answer", value: [] };
      }
      if (code === "ECONNREFUSED" && !this.#refusalLogged) {
        this.#refusalLogged = true;
        this.#options.log.warn("no DNS server answers; peers stay without a name until one does");
      }
      return { kind: "silence" };
    }
  }
}

function legalNames(answers: readonly string[]): string[] {
  return [...new Set(answers.slice(0, 2 * maxNames).flatMap((text) => hostNameOf(text) ?? []))].slice(0, maxNames);
}

/** The first name that leads back; else the first that leads elsewhere; `undefined` where none of them was answered. */
function verdict(names: readonly string[], forward: readonly (boolean | undefined)[]): PeerName | undefined {
  for (const hostnameConfirmed of [true, false]) {
    const hostname = names[forward.indexOf(hostnameConfirmed)];
    if (hostname !== undefined) return { hostname, hostnameConfirmed };
  }
  return undefined;
}
