import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Origin } from "../../core/connection.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { holderOfRecord, type NetworkHolder } from "./asn/network-holder.ts";
import { DatabaseFile } from "./database-file.ts";
import type { Place } from "./geo/place.ts";
import { PlaceFinder } from "./geo/place-finder.ts";
import type { IpApiAnswer } from "./ip-api/answer.ts";
import { IpApi } from "./ip-api/ip-api.ts";
import { isPublicAddress } from "./public-address.ts";
import { type PeerName, ReverseDns } from "./rdns/reverse-dns.ts";
import type { EnrichSettings } from "./schema.ts";

/** Addresses that are being looked up at once, at most. */
const maxPendingLookups = 4096;

export interface EnricherOptions extends EnrichSettings {
  readonly clock: Clock;
  readonly log: Log;
}

export interface EnrichLimits {
  /** Milliseconds from now. Without it: as long as the sources' own limits let it take. */
  readonly deadlineMs?: number;
  /** Aborted: what is known now is enough. */
  readonly signal?: AbortSignal;
}

/** What has been learnt of one address so far, and when that is all. */
interface PendingLookup {
  place?: Place;
  holder?: NetworkHolder;
  provider?: string;
  name?: PeerName;
  done: Promise<void>;
}

/**
 * The enrich stage: an address comes in, where it is, whose its network is and what it is called goes out, as far as
 * known in time. Databases on this machine answer at once; reverse DNS and, where it is allowed, a service on the
 * internet take their time, whoever waits for them or not, and are remembered. Who asks for an address that is being
 * looked up already shares that lookup.
 */
export class Enricher {
  readonly #options: EnricherOptions;
  readonly #places: PlaceFinder;
  readonly #holders: DatabaseFile | undefined;
  readonly #names: ReverseDns | undefined;
  readonly #ipApi: IpApi | undefined;
  readonly #pending = new Map<Address, PendingLookup>();

  constructor(options: EnricherOptions) {
    const { clock, log, cacheSize, rdns, ipApi } = options;
    this.#options = options;
    this.#places = new PlaceFinder({
      clock,
      log,
      countryData: options.countryData,
      ...(options.cityDatabase === undefined ? {} : { cityDatabase: options.cityDatabase }),
    });
    this.#holders =
      options.asnDatabase === undefined
        ? undefined
        : new DatabaseFile({ clock, log, path: options.asnDatabase, holds: "ASN database", wanted: "networks" });
    this.#names = rdns.enabled ? new ReverseDns({ ...rdns, cacheSize, clock, log }) : undefined;
    this.#ipApi = ipApi.enabled ? new IpApi({ ...ipApi, cacheSize, clock, log }) : undefined;
  }

  /** Opens the databases that are there, so that {@link known} has an answer from the first connection on. */
  async start(): Promise<void> {
    await Promise.all([this.#places.open(), this.#holders?.open()]);
  }

  /**
   * What is known of `address` when everything is, or when `limits` end the wait. Never rejects; nothing known is `{}`.
   * What comes later is there for the next time.
   */
  async enrich(address: Address, limits: EnrichLimits = {}): Promise<Origin> {
    const lookup = this.#pending.get(address) ?? this.#take(address);
    await this.#wait(lookup.done, limits);
    return originOf(lookup);
  }

  /** What the databases and our memory tell at once: nobody is asked, and nobody waits. */
  known(address: Address): Origin {
    const name = this.#names?.known(address);
    const named = name === undefined ? {} : { name };
    if (!this.#mayLocate(address)) return originOf(named);
    const place = this.#places.peek(address);
    const holder = holderOfRecord(this.#holders?.peek(address));
    return originOf({
      ...(place === undefined ? {} : { place }),
      ...(holder === undefined ? {} : { holder }),
      ...named,
    });
  }

  /** The country alone, as {@link known}: cheap enough for the midst of a storm. */
  knownCountry(address: Address): string | undefined {
    return this.#mayLocate(address) ? this.#places.peek(address)?.countryCode : undefined;
  }

  /** Ends all lookups; `enrich` then tells what the databases know and what is remembered. */
  async stop(): Promise<void> {
    this.#names?.stop();
    this.#ipApi?.stop();
    await Promise.all(Array.from(this.#pending.values(), (lookup) => lookup.done));
  }

  #take(address: Address): PendingLookup {
    const lookup: PendingLookup = { done: Promise.resolve() };
    // Beyond the bound the databases alone are asked.
    const full = this.#pending.size >= maxPendingLookups;
    if (!full) this.#pending.set(address, lookup);
    lookup.done = this.#lookUp(address, lookup, !full)
      .catch((error: unknown) => this.#options.log.error("a lookup failed", { address, error: messageOf(error) }))
      .finally(() => {
        if (!full) this.#pending.delete(address);
      });
    return lookup;
  }

  async #lookUp(address: Address, lookup: PendingLookup, slowSources: boolean): Promise<void> {
    await Promise.all([
      this.#locate(address, lookup, slowSources),
      slowSources
        ? this.#names?.find(address, (name) => {
            lookup.name = name;
          })
        : undefined,
    ]);
  }

  async #locate(address: Address, lookup: PendingLookup, slowSources: boolean): Promise<void> {
    if (!this.#mayLocate(address)) return;
    await Promise.all([
      this.#places.find(address).then((place) => {
        if (place !== undefined) lookup.place = place;
      }),
      this.#holders?.find(address).then((record) => {
        const holder = holderOfRecord(record);
        if (holder !== undefined) lookup.holder = holder;
      }),
    ]);
    if (this.#ipApi === undefined || !slowSources || lookup.place?.city !== undefined) return;
    addIpApiAnswer(lookup, await this.#ipApi.find(address));
  }

  #mayLocate(address: Address): boolean {
    return this.#options.allowPrivate || isPublicAddress(address);
  }

  async #wait(done: Promise<void>, { deadlineMs, signal }: EnrichLimits): Promise<void> {
    if (deadlineMs === undefined && signal === undefined) return done;
    const enough = Promise.withResolvers<void>();
    const over = new AbortController();
    const stop = () => enough.resolve();
    if (signal?.aborted === true) return;
    signal?.addEventListener("abort", stop, { once: true });
    const limit = deadlineMs === undefined ? [] : [this.#options.clock.sleep(deadlineMs, over.signal)];
    await Promise.race([done, enough.promise, ...limit]);
    over.abort();
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * What ip-api adds. Its place replaces one that is coarser, unless MaxMind named another country: then one of the two is
 * wrong, and the operator chose MaxMind first. Of the network it fills in what no database told.
 */
function addIpApiAnswer(lookup: PendingLookup, answer: IpApiAnswer): void {
  const { place, holder, provider } = answer;
  if (place !== undefined && isBetter(place, lookup.place)) lookup.place = place;
  if (holder !== undefined && (lookup.holder?.asn ?? holder.asn) === holder.asn) {
    lookup.holder = { ...holder, ...lookup.holder };
  }
  if (provider !== undefined) lookup.provider = provider;
}

function isBetter(place: Place, known: Place | undefined): boolean {
  if (known === undefined) return true;
  const sameCountry = known.countryCode === undefined || known.countryCode === place.countryCode;
  return place.city !== undefined && (sameCountry || known.placeSource === "country-data");
}

function originOf({ place, holder, provider, name }: Omit<PendingLookup, "done">): Origin {
  const shownProvider = provider ?? numberedHolder(holder);
  return {
    ...place,
    ...holder,
    ...(shownProvider === undefined ? {} : { provider: shownProvider }),
    ...name,
  };
}

/** Without a provider's own name: the network with its number, `AS1221 Telstra Pty Ltd`. */
function numberedHolder(holder: NetworkHolder | undefined): string | undefined {
  if (holder?.asn === undefined) return undefined;
  return holder.organization === undefined ? `AS${holder.asn}` : `AS${holder.asn} ${holder.organization}`;
}
