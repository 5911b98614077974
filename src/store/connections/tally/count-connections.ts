import { setImmediate } from "node:timers/promises";
import type { Address } from "../../../core/address.ts";
import { type FingerprintKind, fingerprintKinds, maxSummaryMs } from "../../../core/connection-counts.ts";
import type { ConnectionSummary, ConnectionSummaryQuery } from "../../../core/connection-store.ts";
import { addressFromKey } from "../../keys/address-key.ts";
import type { ColumnChunk } from "./column-chunk.ts";
import { masksOf, type RowMasks } from "./condition-masks.ts";
import type { TallyTable } from "./tally-table.ts";
import { fingerprintWord } from "./tally-words.ts";

const hourMs = 3_600_000;
/** Listeners whose hours are listed. */
const maxListeners = 1000;
/** Peers that are looked through in one go. */
const peersAtOnce = 16_384;

/** `firstAt`: of the connections that are counted. */
export type CountedPeer = ConnectionSummary["peers"][number] & { readonly key: Uint8Array; readonly firstAt: number };
type Counted = Omit<ConnectionSummary, "peers" | "countedSince"> & { readonly peers: readonly CountedPeer[] };

/** Counts the rows of a span. It lets other work run after each chunk, a few milliseconds. */
export async function summarise(table: TallyTable, query: ConnectionSummaryQuery): Promise<Counted> {
  const counts = new Counts(table, query);
  for (const chunk of table.chunks) {
    counts.add(chunk);
    await setImmediate();
  }
  return await counts.result(await counts.topPeers());
}

interface PeerCount {
  readonly peer: number;
  readonly count: number;
  /** When its latest connection was accepted. */
  readonly lastAt: number;
}

class Counts {
  readonly #table: TallyTable;
  readonly #since: number;
  readonly #until: number;
  readonly #top: number;
  readonly #masks: RowMasks;
  readonly #hourCount: number;
  /** The first hour since the epoch that has connections. */
  readonly #firstHour: number;
  readonly #hours: Uint32Array;
  readonly #listeners: Uint32Array;
  readonly #hoursOfListener = new Map<number, Uint32Array>();
  readonly #protocols: Uint32Array;
  readonly #ports = new Uint32Array(65_536);
  readonly #peers: Uint32Array;
  readonly #firstAt: Float64Array;
  readonly #lastAt: Float64Array;
  readonly #fingerprints: Uint32Array;
  #total = 0;

  constructor(
    table: TallyTable,
    { since, until = Number.MAX_SAFE_INTEGER, top, conditions = [] }: ConnectionSummaryQuery,
  ) {
    this.#table = table;
    this.#since = since;
    this.#until = until;
    this.#top = top;
    this.#masks = masksOf(table, conditions);
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const { firstAt, lastAt } of table.chunks) {
      first = Math.min(first, firstAt);
      last = Math.max(last, lastAt);
    }
    this.#firstHour = Math.floor(Math.max(since, first) / hourMs);
    const lastHour = Math.floor(Math.min(until, last, since + maxSummaryMs) / hourMs);
    this.#hourCount = Number.isFinite(lastHour) ? Math.max(0, lastHour - this.#firstHour + 1) : 0;
    this.#hours = new Uint32Array(this.#hourCount);
    this.#listeners = new Uint32Array(table.listeners.size);
    this.#protocols = new Uint32Array(table.protocols.size);
    this.#peers = new Uint32Array(table.peers.size);
    this.#firstAt = new Float64Array(table.peers.size).fill(Number.POSITIVE_INFINITY);
    this.#lastAt = new Float64Array(table.peers.size);
    this.#fingerprints = new Uint32Array(table.fingerprints.length);
  }

  add(chunk: ColumnChunk): void {
    if (chunk.lastAt < this.#since || chunk.firstAt >= this.#until) return;
    for (let place = 0; place < chunk.count; place++) {
      if (!this.#isCounted(chunk, place)) continue;
      this.#total += 1;
      increase(this.#ports, chunk.port[place] ?? 0);
      increase(this.#protocols, chunk.protocol[place] ?? 0);
      const peer = chunk.peer[place] ?? 0;
      const at = chunk.at[place] ?? 0;
      increase(this.#peers, peer);
      if (at < (this.#firstAt[peer] ?? 0)) this.#firstAt[peer] = at;
      if (at > (this.#lastAt[peer] ?? 0)) this.#lastAt[peer] = at;
      increase(this.#fingerprints, chunk.fingerprint[place] ?? 0);
      const listener = chunk.listener[place] ?? 0;
      increase(this.#listeners, listener);
      const hour = Math.floor(at / hourMs) - this.#firstHour;
      if (hour >= this.#hourCount) continue;
      increase(this.#hours, hour);
      const ofListener = this.#hoursOf(listener);
      if (ofListener !== undefined) increase(ofListener, hour);
    }
  }

  /** In parts, so that other work can run between them: a scan of the internet brings many peers with one connection each. */
  async topPeers(): Promise<readonly PeerCount[]> {
    let best: PeerCount[] = [];
    let last: PeerCount | undefined;
    for (let peer = 0; peer < this.#peers.length; peer++) {
      if (peer % peersAtOnce === peersAtOnce - 1) await setImmediate();
      const count = this.#peers[peer] ?? 0;
      const lastAt = this.#lastAt[peer] ?? 0;
      if (count === 0) continue;
      if (last !== undefined && (count < last.count || (count === last.count && lastAt <= last.lastAt))) continue;
      best.push({ peer, count, lastAt });
      if (best.length < this.#top * 2 + 64) continue;
      best = best.sort(byCountAndTime).slice(0, this.#top);
      last = best.at(-1);
    }
    return best.sort(byCountAndTime).slice(0, this.#top);
  }

  /** In parts, so that other work can run between them. */
  async result(peers: readonly PeerCount[]): Promise<Counted> {
    const { protocols, listeners } = this.#table;
    const byOrigin = this.#byOrigin();
    await setImmediate();
    const fingerprints: ConnectionSummary["fingerprints"][number][] = [];
    for (const kind of fingerprintKinds) {
      fingerprints.push(...this.#topFingerprints(kind));
      await setImmediate();
    }
    const ports = topOf(this.#ports, this.#top).map(({ number, count }) => ({ port: number, count }));
    const sources = this.#peers.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    await setImmediate();
    return {
      total: this.#total,
      sources,
      hours: this.#listed(this.#hours),
      listeners: topOf(this.#listeners, maxListeners).map(({ number, count }) => ({
        listener: listeners.words[number] ?? "",
        count,
        hours: this.#listed(this.#hoursOfListener.get(number) ?? new Uint32Array()),
      })),
      peers: peers.map(({ peer, count, lastAt }) => {
        const key = this.#table.peers.keyOf(peer).slice();
        const firstAt = this.#firstAt[peer] ?? 0;
        return { key, address: addressFromKey(key) satisfies Address, count, firstAt, lastAt };
      }),
      ...byOrigin,
      protocols: topOf(this.#protocols, this.#top).map(({ number, count }) => ({
        protocol: protocols.words[number] ?? "",
        count,
      })),
      ports,
      fingerprints,
    };
  }

  #isCounted(chunk: ColumnChunk, place: number): boolean {
    const at = chunk.at[place] ?? 0;
    if (at < this.#since || at >= this.#until) return false;
    const { listener, protocol, port, peer, fingerprint } = this.#masks;
    if (listener !== undefined && listener[chunk.listener[place] ?? 0] !== 1) return false;
    if (protocol !== undefined && protocol[chunk.protocol[place] ?? 0] !== 1) return false;
    if (port !== undefined && port[chunk.port[place] ?? 0] !== 1) return false;
    if (peer !== undefined && peer[chunk.peer[place] ?? 0] !== 1) return false;
    return fingerprint === undefined || fingerprint[chunk.fingerprint[place] ?? 0] === 1;
  }

  #hoursOf(listener: number): Uint32Array | undefined {
    const known = this.#hoursOfListener.get(listener);
    if (known !== undefined || this.#hoursOfListener.size >= maxListeners) return known;
    const hours = new Uint32Array(this.#hourCount);
    this.#hoursOfListener.set(listener, hours);
    return hours;
  }

  #listed(hours: Uint32Array): ConnectionSummary["hours"] {
    const listed: { hour: number; count: number }[] = [];
    for (const [place, count] of hours.entries()) if (count > 0) listed.push({ hour: this.#firstHour + place, count });
    return listed;
  }

  #byOrigin(): Pick<ConnectionSummary, "countries" | "networks"> {
    const { origins } = this.#table;
    const counts = new Uint32Array(origins.length);
    for (let peer = 0; peer < this.#peers.length; peer++) {
      const count = this.#peers[peer] ?? 0;
      if (count === 0) continue;
      const origin = this.#table.originOfPeer(peer);
      counts[origin] = (counts[origin] ?? 0) + count;
    }
    const countries = new Map<string, { countryCode: string; country: string | undefined; count: number }>();
    const networks = new Map<string, { asn: number | undefined; organization: string | undefined; count: number }>();
    for (const [number, { countryCode, country, asn, organization }] of origins.entries()) {
      const count = counts[number] ?? 0;
      if (count === 0) continue;
      if (countryCode !== undefined) {
        const known = countries.get(countryCode);
        if (known === undefined) countries.set(countryCode, { countryCode, country, count });
        else known.count += count;
      }
      if (asn === undefined && organization === undefined) continue;
      const key = asn === undefined ? `name ${organization}` : String(asn);
      const known = networks.get(key);
      if (known === undefined) networks.set(key, { asn, organization, count });
      else known.count += count;
    }
    return {
      countries: [...countries.values()].sort(
        (one, other) => other.count - one.count || compare(one.countryCode, other.countryCode),
      ),
      networks: [...networks.values()]
        .sort((one, other) => other.count - one.count || (one.asn ?? 0) - (other.asn ?? 0))
        .slice(0, this.#top),
    };
  }

  #topFingerprints(kind: FingerprintKind): ConnectionSummary["fingerprints"] {
    const { fingerprints } = this.#table;
    const start = fingerprintWord(kind, "");
    const ofKind = this.#fingerprints.map((count, number) =>
      fingerprints[number]?.startsWith(start) === true ? count : 0,
    );
    return topOf(ofKind, this.#top).map(({ number, count }) => ({
      kind,
      value: (fingerprints[number] ?? "").slice(start.length),
      count,
    }));
  }
}

function increase(counts: Uint32Array, place: number): void {
  counts[place] = (counts[place] ?? 0) + 1;
}

/** The highest counts, and among equal ones the lowest numbers first. */
function topOf(counts: Uint32Array, top: number): { readonly number: number; readonly count: number }[] {
  let best: { number: number; count: number }[] = [];
  let least = 1;
  const limit = Math.min(top, counts.length);
  // By index: an iterator of a hundred thousand entries takes milliseconds.
  for (let number = 0; number < counts.length; number++) {
    const count = counts[number] ?? 0;
    if (count < least) continue;
    best.push({ number, count });
    if (best.length < limit * 2 + 64) continue;
    best = best.sort(byCount).slice(0, limit);
    // One that is equal to the last of them has a higher number.
    least = (best.at(-1)?.count ?? 0) + 1;
  }
  return best.sort(byCount).slice(0, limit);
}

function byCount(one: { number: number; count: number }, other: { number: number; count: number }): number {
  return other.count - one.count || one.number - other.number;
}

/** Equal counts: the latest first. */
function byCountAndTime(one: PeerCount, other: PeerCount): number {
  return other.count - one.count || other.lastAt - one.lastAt || one.peer - other.peer;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
