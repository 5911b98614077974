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

/** Maximum number of names of an address that are resolved forward. */
const maxNames = 4;

const minute = 60_000;
const timeToLiveMs = { named: 60 * minute, nameless: 10 * minute, unanswered: minute };

const loopback = new AddressSet(loopbackRanges);

export type PeerName = Pick<Origin, "hostname" | "hostnameConfirmed">;

export interface ReverseDnsOptions {
  /** Time limit of all queries about one address together. */
  readonly timeoutMs: number;
  /** `ADDRESS` or `ADDRESS:PORT`. Default: those of the system. */
  readonly servers?: readonly string[] | undefined;
  readonly cacheSize: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** The answer of DNS, or none. */
type Answer<Value> = { readonly kind: "answer"; readonly value: Value } | { readonly kind: "silence" };

/**
 * Host names of addresses, with forward confirmation, because the owner of a reverse zone can claim any name:
 * confirmed where the name resolves to the address, unconfirmed where it does not, neither where that query gets no
 * answer.
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
   * Finds the name of `address`. Calls `onName` as soon as the name is known, and again with the result of the
   * confirmation; not at all where there is no name or too many lookups wait. Never rejects.
   */
  async find(address: Address, onName: (name: PeerName) => void): Promise<void> {
    // An address with a zone is valid on this machine only.
    if (address.includes("%")) return;
    const known = this.#cache.get(address);
    if (known !== undefined) {
      if (known.hostname !== undefined) onName(known);
      return;
    }
    await this.#concurrency.run(() => this.#lookUp(address, onName));
  }

  /** The name in the cache, if any. */
  known(address: Address): PeerName | undefined {
    return this.#cache.get(address);
  }

  /** Cancels all queries; later calls of `find` use only the cache. */
  stop(): void {
    this.#stopped = true;
    for (const resolver of this.#resolvers) resolver.cancel();
  }

  async #lookUp(address: Address, onName: (name: PeerName) => void): Promise<void> {
    if (this.#stopped) return;
    const { clock, servers, timeoutMs } = this.#options;
    // One resolver per address: its queries can be cancelled separately, it uses its own source ports, and it sees
    // changes of resolv.conf. A third of the time, so that it survives a lost packet or a dead first server.
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
    // A loopback name is local; DNS servers need not resolve it.
    if (loopback.has(address)) return this.#remember(address, { hostname: first }, timeToLiveMs.named);
    const forward = await Promise.all(names.map((name) => this.#resolvesTo(resolver, name, address)));
    const name = verdict(names, forward) ?? { hostname: first };
    onName(name);
    this.#remember(address, name, name.hostnameConfirmed === undefined ? timeToLiveMs.unanswered : timeToLiveMs.named);
  }

  #remember(address: Address, name: PeerName, forMs: number): void {
    // A query that was cancelled at shutdown has no result.
    if (!this.#stopped) this.#cache.set(address, name, forMs);
  }

  /**
   * Private addresses may be in the hosts file, which `reverse` reads first. But it reports every failure as "not
   * found", so public addresses are queried by DNS only.
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

  /** NXDOMAIN, no data and malformed replies count as answers. */
  async #answerOf(query: Promise<string[]>): Promise<Answer<readonly string[]>> {
    try {
      const value = await query;
      this.#refusalLogged = false;
      return { kind: "answer", value };
    } catch (error) {
      const code = systemCode(error);
      if (code === "ENOTFOUND" || code === "ENODATA" || code === "EBADNAME" || code === "EBADRESP") {
        return { kind: "answer", value: [] };
      }
      if (code === "ECONNREFUSED" && !this.#refusalLogged) {
        this.#refusalLogged = true;
        this.#options.log.warn("no DNS server answers; alerts have no host names until one does");
      }
      return { kind: "silence" };
    }
  }
}

function legalNames(answers: readonly string[]): string[] {
  return [...new Set(answers.slice(0, 2 * maxNames).flatMap((text) => hostNameOf(text) ?? []))].slice(0, maxNames);
}

/**
 * The first name that resolves to the address; else the first that resolves elsewhere; `undefined` where no query was
 * answered.
 */
function verdict(names: readonly string[], forward: readonly (boolean | undefined)[]): PeerName | undefined {
  for (const hostnameConfirmed of [true, false]) {
    const hostname = names[forward.indexOf(hostnameConfirmed)];
    if (hostname !== undefined) return { hostname, hostnameConfirmed };
  }
  return undefined;
}
