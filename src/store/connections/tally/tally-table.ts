import { maxCounted } from "../../../core/connection-counts.ts";
import { ColumnChunk, chunkRows } from "./column-chunk.ts";
import { KeyTable } from "./key-table.ts";
import { noOrigin, type TalliedOrigin, WordTable } from "./tally-words.ts";

/** Listener and fingerprint have two bytes in each row, the protocol has one. */
const maxListeners = 10_000;
const maxFingerprints = 20_000;
const maxProtocols = 256;
const maxOrigins = 60_000;

/** What is counted of one connection. */
export interface TalliedConnection {
  readonly at: number;
  readonly listener: string;
  readonly protocol: string;
  readonly port: number;
  /** As in address-key.ts. */
  readonly peer: Uint8Array;
  /** As in tally-words.ts; may be empty. */
  readonly fingerprint: string;
}

/**
 * The counted connections as columns, with the tables of what their numbers mean. At most {@link maxCounted} rows: past
 * them the chunk with the oldest ones is dropped. A row has one fingerprint; of more than 20,000 different ones, those that
 * came least often are forgotten.
 */
export class TallyTable {
  readonly listeners = new WordTable(maxListeners);
  readonly protocols = new WordTable(maxProtocols);
  readonly #seed: number;
  readonly #maxChunks: number;
  #fingerprints = new WordTable(maxFingerprints);
  #peers: KeyTable;
  /** Number of the origin of each peer. */
  #originOfPeer = new Uint32Array(1024);
  readonly #origins: TalliedOrigin[] = [noOrigin];
  readonly #originNumbers = new Map<string, number>();
  #chunks: ColumnChunk[] = [];
  /** Those that are filled now: rows that are new, and rows from before. */
  #open: { recent: ColumnChunk | undefined; earlier: ColumnChunk | undefined } = {
    recent: undefined,
    earlier: undefined,
  };

  constructor(options: { readonly seed: number; readonly maxRows?: number }) {
    this.#seed = options.seed;
    this.#peers = new KeyTable(options.seed);
    this.#maxChunks = Math.max(2, Math.ceil((options.maxRows ?? maxCounted) / chunkRows));
  }

  get chunks(): readonly ColumnChunk[] {
    return this.#chunks;
  }

  get peers(): KeyTable {
    return this.#peers;
  }

  get fingerprints(): readonly string[] {
    return this.#fingerprints.words;
  }

  get origins(): readonly TalliedOrigin[] {
    return this.#origins;
  }

  /** Whether no further chunk fits. */
  get isFull(): boolean {
    return this.#chunks.length >= this.#maxChunks;
  }

  get isHalfEmpty(): boolean {
    return this.#chunks.length * 2 <= this.#maxChunks;
  }

  originOfPeer(peer: number): number {
    return this.#originOfPeer[peer] ?? 0;
  }

  hasOrigin(peer: Uint8Array): boolean {
    return this.originOfPeer(this.#peers.numberOf(peer)) > 0;
  }

  setOrigin(peer: number, origin: TalliedOrigin): void {
    if (peer >= this.#originOfPeer.length) {
      const larger = new Uint32Array(Math.max(this.#originOfPeer.length * 2, peer + 1));
      larger.set(this.#originOfPeer);
      this.#originOfPeer = larger;
    }
    this.#originOfPeer[peer] = this.#originNumber(origin);
  }

  /** @returns where older rows had to be dropped: the time from which all are still there */
  add(connection: TalliedConnection, age: "recent" | "earlier"): number | undefined {
    const { at, port } = connection;
    let dropped: number | undefined;
    let chunk = this.#open[age];
    if (chunk === undefined || chunk.isFull) {
      if (this.isFull) dropped = this.#dropOldest();
      chunk = new ColumnChunk();
      this.#chunks.push(chunk);
      this.#open[age] = chunk;
    }
    chunk.add({
      at,
      port,
      listener: this.listeners.numberOf(connection.listener),
      protocol: this.protocols.numberOf(connection.protocol),
      peer: this.#peers.numberOf(connection.peer),
      fingerprint: this.#fingerprintNumber(connection.fingerprint),
    });
    return dropped;
  }

  #fingerprintNumber(word: string): number {
    const number = this.#fingerprints.numberOf(word);
    if (number !== 0 || word === "") return number;
    this.#forgetRareFingerprints();
    return this.#fingerprints.numberOf(word);
  }

  /** Drops chunks all of whose rows are older. */
  dropBefore(time: number): void {
    this.#keep(({ lastAt }) => lastAt >= time);
  }

  #dropOldest(): number {
    const oldest = this.#chunks.reduce((one, other) => (other.lastAt < one.lastAt ? other : one));
    this.#keep((chunk) => chunk !== oldest);
    return oldest.lastAt + 1;
  }

  #keep(isKept: (chunk: ColumnChunk) => boolean): void {
    const kept = this.#chunks.filter(isKept);
    if (kept.length === this.#chunks.length) return;
    this.#chunks = kept;
    const { recent, earlier } = this.#open;
    this.#open = {
      recent: recent !== undefined && kept.includes(recent) ? recent : undefined,
      earlier: earlier !== undefined && kept.includes(earlier) ? earlier : undefined,
    };
    this.#forgetUnusedPeers();
  }

  #forgetUnusedPeers(): void {
    const uses = this.#usesOf("peer", this.#peers.size);
    const used = uses.reduce((count, uses) => count + (uses > 0 ? 1 : 0), 0);
    if (used * 2 > this.#peers.size) return;
    const peers = new KeyTable(this.#seed);
    const origins = new Uint32Array(Math.max(1024, used));
    const renumbered = new Uint32Array(this.#peers.size);
    for (const [peer, count] of uses.entries()) {
      if (count === 0) continue;
      const number = peers.numberOf(this.#peers.keyOf(peer));
      renumbered[peer] = number;
      origins[number] = this.originOfPeer(peer);
    }
    this.#renumber("peer", renumbered);
    this.#peers = peers;
    this.#originOfPeer = origins;
  }

  /** Keeps the half that came most often. */
  #forgetRareFingerprints(): void {
    const uses = this.#usesOf("fingerprint", this.#fingerprints.size);
    const words = this.#fingerprints.words;
    const byUse = [...words.keys()]
      .filter((number) => number > 0)
      .sort((one, other) => (uses[other] ?? 0) - (uses[one] ?? 0));
    const kept = new WordTable(maxFingerprints);
    const renumbered = new Uint32Array(words.length);
    for (const number of byUse.slice(0, maxFingerprints / 2)) renumbered[number] = kept.numberOf(words[number] ?? "");
    this.#renumber("fingerprint", renumbered);
    this.#fingerprints = kept;
  }

  #usesOf(column: "peer" | "fingerprint", size: number): Uint32Array {
    const uses = new Uint32Array(size);
    for (const chunk of this.#chunks) {
      const values = chunk[column];
      for (let place = 0; place < chunk.count; place++) {
        const value = values[place] ?? 0;
        uses[value] = (uses[value] ?? 0) + 1;
      }
    }
    return uses;
  }

  #renumber(column: "peer" | "fingerprint", renumbered: Uint32Array): void {
    for (const chunk of this.#chunks) {
      const values = chunk[column];
      for (let place = 0; place < chunk.count; place++) values[place] = renumbered[values[place] ?? 0] ?? 0;
    }
  }

  #originNumber(origin: TalliedOrigin): number {
    const { countryCode, country, asn, organization } = origin;
    const key = JSON.stringify([countryCode, country, asn, organization]);
    const known = this.#originNumbers.get(key);
    if (known !== undefined) return known;
    if (this.#origins.length >= maxOrigins) return 0;
    const number = this.#origins.push(origin) - 1;
    this.#originNumbers.set(key, number);
    return number;
  }
}
