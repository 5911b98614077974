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

/** Maximum number of addresses that are looked up at once. */
const maxPendingLookups = 4096;

export interface EnricherOptions extends EnrichSettings {
  readonly clock: Clock;
  readonly log: Log;
}

export interface EnrichLimits {
  /** Milliseconds from now. Default: the time limits of the sources. */
  readonly deadlineMs?: number;
  /** When aborted, returns what is known by then. */
  readonly signal?: AbortSignal;
}

/** What is known about one address so far, and a promise of the end of the lookup. */
interface PendingLookup {
  place?: Place | undefined;
  holder?: NetworkHolder | undefined;
  provider?: string | undefined;
  name?: PeerName | undefined;
  done: Promise<void>;
}

/**
 * The enrich stage: takes an address; returns its location, the holder of its network and its host name, as far as
 * known in time. Local databases answer immediately. Reverse DNS and, if enabled, an Internet service continue after
 * the deadline, and their answers are cached. Concurrent requests for one address share a lookup.
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
      cityDatabase: options.cityDatabase,
    });
    this.#holders =
      options.asnDatabase === undefined
        ? undefined
        : new DatabaseFile({ clock, log, path: options.asnDatabase, holds: "ASN database", wanted: "networks" });
    this.#names = rdns.enabled ? new ReverseDns({ ...rdns, cacheSize, clock, log }) : undefined;
    this.#ipApi = ipApi.enabled ? new IpApi({ ...ipApi, cacheSize, clock, log }) : undefined;
  }

  /** Opens the databases, so that {@link known} has an answer from the first connection on. */
  async start(): Promise<void> {
    await Promise.all([this.#places.open(), this.#holders?.open()]);
  }

  /**
   * What is known about `address` when all sources have answered, or when `limits` end the wait. Never rejects; `{}`
   * where nothing is known. Later answers are cached for the next call.
   */
  async enrich(address: Address, limits: EnrichLimits = {}): Promise<Origin> {
    const lookup = this.#pending.get(address) ?? this.#take(address);
    await this.#wait(lookup.done, limits);
    return originOf(lookup);
  }

  /** What this machine knows by itself: its databases, and names that are known already. Never rejects. */
  async located(address: Address): Promise<Origin> {
    const name = this.#names?.known(address);
    if (!this.#mayLocate(address)) return originOf({ name });
    const [place, record] = await Promise.all([this.#places.find(address), this.#holders?.find(address)]);
    return originOf({ place, holder: holderOfRecord(record), name });
  }

  /** What the open databases and the caches know, without waiting. */
  known(address: Address): Origin {
    const name = this.#names?.known(address);
    if (!this.#mayLocate(address)) return originOf({ name });
    return originOf({ place: this.#places.peek(address), holder: holderOfRecord(this.#holders?.peek(address)), name });
  }

  /** Only the country, as {@link known}: cheap enough for use under load. */
  knownCountry(address: Address): string | undefined {
    return this.#mayLocate(address) ? this.#places.peek(address)?.countryCode : undefined;
  }

  /** Ends all lookups; after that `enrich` uses only databases and caches. */
  async stop(): Promise<void> {
    this.#names?.stop();
    this.#ipApi?.stop();
    await Promise.all(Array.from(this.#pending.values(), (lookup) => lookup.done));
  }

  #take(address: Address): PendingLookup {
    const lookup: PendingLookup = { done: Promise.resolve() };
    // Past the limit only the databases are used.
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
 * Adds the answer of ip-api. Its place replaces a less precise one, unless MaxMind has another country: one of the
 * two is wrong, and MaxMind takes precedence. It only fills in missing facts about the network.
 */
function addIpApiAnswer(lookup: PendingLookup, answer: IpApiAnswer): void {
  const { place, holder, provider } = answer;
  if (place !== undefined && isBetter(place, lookup.place)) lookup.place = place;
  if (holder !== undefined && (lookup.holder?.asn ?? holder.asn) === holder.asn) {
    const known = lookup.holder;
    lookup.holder = { asn: known?.asn ?? holder.asn, organization: known?.organization ?? holder.organization };
  }
  if (provider !== undefined) lookup.provider = provider;
}

function isBetter(place: Place, known: Place | undefined): boolean {
  if (known === undefined) return true;
  const sameCountry = known.countryCode === undefined || known.countryCode === place.countryCode;
  return place.city !== undefined && (sameCountry || known.placeSource === "country-data");
}

function originOf({ place, holder, provider, name }: Omit<PendingLookup, "done">): Origin {
  const origin: Origin = { ...place, ...holder, ...name };
  const shownProvider = provider ?? numberedHolder(holder);
  return shownProvider === undefined ? origin : { ...origin, provider: shownProvider };
}

/** Without a provider name: number and holder of the network, `AS1221 Telstra Pty Ltd`. */
function numberedHolder(holder: NetworkHolder | undefined): string | undefined {
  if (holder?.asn === undefined) return undefined;
  return holder.organization === undefined ? `AS${holder.asn}` : `AS${holder.asn} ${holder.organization}`;
}
