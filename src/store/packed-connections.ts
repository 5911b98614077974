import type { Connection } from "../core/connection.ts";
import type { ConnectionBatch } from "../core/connection-store.ts";
import type { Identification } from "../core/identification.ts";
import { writeAddressKey } from "./address-key.ts";

/** A batch as it changes threads: numbers and bytes without a copy, and a text that stands in many rows once. */
export interface PackedConnections {
  readonly count: number;
  /** {@link width} numbers a connection: facts, places in `words`, and lengths of its parts in `binary`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** What is said in `listener`, `ending`, `phase`, `protocol` and `identification`, each text once. */
  readonly words: readonly string[];
  readonly binary: Uint8Array<ArrayBuffer>;
}

/** The columns of a stored connection, in the order in which {@link PackedReader} gives its cells. */
export const connectionColumns = [
  "id",
  "at",
  "listener",
  "peer",
  "peer_port",
  "local",
  "local_port",
  "via",
  "via_port",
  "ending",
  "duration_ms",
  "bytes",
  "phase",
  "protocol",
  "identification",
  "payload",
  "content",
] as const;

export type ConnectionCell = string | number | Uint8Array | null;

/** Bytes of a payload that are kept, whatever a listener was told to capture. */
export const payloadLimit = 65_536;

const width = 16;

const firstRows = 64;
const firstBytes = 16_384;
/** A batch that grew past this gives its memory back when it is emptied. */
const keptBytes = 4 * 1024 * 1024;
/** Of an address of version 6 with the longest zone that there is. */
const longestAddressKey = 17 + 33;

/** Connections written down as they come. Text in an identification is safe already; its JSON is stored as it is. */
export class PackedBatch implements ConnectionBatch {
  #numbers = new Float64Array(firstRows * width);
  #binary = new Uint8Array(firstBytes);
  #words: string[] = [];
  /** Equal first bytes give the very same identification, so in a flood most are known by identity. */
  readonly #places = new Map<string | Identification, number>();
  readonly #encoder = new TextEncoder();
  #wordLength = 0;
  #position = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#numbers.byteLength + this.#binary.byteLength + this.#wordLength;
  }

  add(connection: Connection): void {
    const { id, peer, local, via, payload, identification } = connection;
    const kept = payload.length > payloadLimit ? payload.subarray(0, payloadLimit) : payload;
    const place = this.#count * width;
    this.#makeRoom(place, id.length * 3 + longestAddressKey * 3 + kept.length);
    const numbers = this.#numbers;
    const binary = this.#binary;
    const afterId = this.#writeText(id);
    const afterPeer = writeAddressKey(peer.address, binary, afterId);
    const afterLocal = writeAddressKey(local.address, binary, afterPeer);
    const afterVia = via === undefined ? afterLocal : writeAddressKey(via.address, binary, afterLocal);
    binary.set(kept, afterVia);
    numbers[place] = connection.at;
    numbers[place + 1] = connection.durationMs;
    numbers[place + 2] = connection.bytes;
    numbers[place + 3] = peer.port;
    numbers[place + 4] = local.port;
    numbers[place + 5] = via?.port ?? 0;
    numbers[place + 6] = this.#placeOf(connection.listener);
    numbers[place + 7] = this.#placeOf(connection.end);
    numbers[place + 8] = this.#placeOf(connection.phase);
    numbers[place + 9] = this.#placeOf(identification.protocol);
    numbers[place + 10] = this.#placeOf(identification);
    numbers[place + 11] = afterId - this.#position;
    numbers[place + 12] = afterPeer - afterId;
    numbers[place + 13] = afterLocal - afterPeer;
    numbers[place + 14] = afterVia - afterLocal;
    numbers[place + 15] = kept.length;
    this.#position = afterVia + kept.length;
    this.#count += 1;
  }

  clear(): void {
    this.#count = 0;
    this.#position = 0;
    this.#words = [];
    this.#wordLength = 0;
    this.#places.clear();
    if (this.bytes <= keptBytes) return;
    this.#numbers = new Float64Array(firstRows * width);
    this.#binary = new Uint8Array(firstBytes);
  }

  /** A copy, so that the batch can be given once more where its fate is uncertain. */
  pack(): PackedConnections {
    return {
      count: this.#count,
      numbers: this.#numbers.slice(0, this.#count * width),
      words: this.#words,
      binary: this.#binary.slice(0, this.#position),
    };
  }

  /** As UTF-8. @returns the position after it */
  #writeText(text: string): number {
    const binary = this.#binary;
    let position = this.#position;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) {
        return this.#position + this.#encoder.encodeInto(text, binary.subarray(this.#position)).written;
      }
      binary[position++] = code;
    }
    return position;
  }

  #placeOf(word: string | Identification): number {
    return this.#places.get(word) ?? this.#addWord(word);
  }

  #addWord(word: string | Identification): number {
    const text = typeof word === "string" ? word : JSON.stringify(word);
    const place = this.#words.push(text) - 1;
    this.#places.set(word, place);
    this.#wordLength += text.length;
    return place;
  }

  #makeRoom(place: number, bytes: number): void {
    if (place + width > this.#numbers.length) {
      const larger = new Float64Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    if (this.#position + bytes > this.#binary.length) {
      const larger = new Uint8Array(Math.max(this.#binary.length * 2, this.#position + bytes));
      larger.set(this.#binary);
      this.#binary = larger;
    }
  }
}

/** The batch, packed. @throws TypeError for one that another store made */
export function packOf(batch: ConnectionBatch): PackedConnections {
  if (batch instanceof PackedBatch) return batch.pack();
  throw new TypeError("this batch was not made by this store");
}

/** What moves to another thread with a batch instead of being copied. */
export function transferables({ numbers, binary }: PackedConnections): ArrayBuffer[] {
  return [numbers.buffer, binary.buffer];
}

/** What each connection of a batch sent, in order. */
export function* packedContents({ count, numbers, binary }: PackedConnections): Generator<{
  readonly at: number;
  /** Of its identification in `words`. */
  readonly word: number;
  readonly payload: Uint8Array;
}> {
  let position = 0;
  for (let place = 0; place < count * width; place += width) {
    for (let part = 11; part < 15; part++) position += numbers[place + part] ?? 0;
    const end = position + (numbers[place + 15] ?? 0);
    yield { at: numbers[place] ?? 0, word: numbers[place + 10] ?? 0, payload: binary.subarray(position, end) };
    position = end;
  }
}

const empty = new Uint8Array(0);

/** Reads the connections of a batch, one after the other, as the database takes them. */
export class PackedReader {
  readonly #packed: PackedConnections;
  readonly #text: Buffer;
  #place = 0;
  #position = 0;

  constructor(packed: PackedConnections) {
    this.#packed = packed;
    this.#text = Buffer.from(packed.binary.buffer, packed.binary.byteOffset, packed.binary.byteLength);
  }

  /**
   * Puts the cells of the next connection behind those that `cells` has, in the order of {@link connectionColumns}.
   * @param content where its identification and payload stand
   */
  appendTo(cells: ConnectionCell[], content: number): void {
    const idStart = this.#position;
    this.#position += this.#number(11);
    const id = this.#text.toString("utf8", idStart, this.#position);
    const peer = this.#bytes(12);
    const local = this.#bytes(13);
    const via = this.#number(14) === 0 ? null : this.#bytes(14);
    const viaPort = via === null ? null : this.#number(5);
    cells.push(id, this.#number(0), this.#word(6), peer, this.#number(3), local, this.#number(4), via, viaPort);
    cells.push(this.#word(7), this.#number(1), this.#number(2), this.#word(8), this.#word(9), "", empty, content);
    this.#position += this.#number(15);
    this.#place += width;
  }

  #number(index: number): number {
    return this.#packed.numbers[this.#place + index] ?? 0;
  }

  #word(index: number): string {
    return this.#packed.words[this.#number(index)] ?? "";
  }

  #bytes(index: number): Uint8Array {
    const start = this.#position;
    this.#position += this.#number(index);
    return this.#packed.binary.subarray(start, this.#position);
  }
}
