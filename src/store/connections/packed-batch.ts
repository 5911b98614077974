import type { Connection } from "../../core/connection.ts";
import type { ConnectionBatch } from "../../core/connection-store.ts";
import type { Identification } from "../../core/identification.ts";
import { writeAddressKey } from "../keys/address-key.ts";
import { contentWidth, type PackedConnections, width } from "./packed-connections.ts";

/** Bytes of a payload that are kept, whatever the listener is configured to capture. */
const payloadLimit = 65_536;

const firstRows = 64;
const firstContents = 8;
const firstBytes = 16_384;
/** A batch larger than this releases its memory when it is emptied. */
const keptBytes = 4 * 1024 * 1024;
/** The key of an IPv6 address with the longest zone. */
const maxAddressKeyBytes = 17 + 33;
/**
 * How many of the latest contents are recognised when they repeat. They are compared one after the other: where all
 * differ, a map would be maintained for nothing. Other repetitions are recognised by their hash when they are stored.
 */
const recognised = 16;

/** Serialises connections as they come. Text in an identification is safe already; its JSON is stored as it is. */
export class PackedBatch implements ConnectionBatch {
  #numbers = new Float64Array(firstRows * width);
  #contents = new Float64Array(firstContents * contentWidth);
  #contentCount = 0;
  #binary = new Uint8Array(firstBytes);
  #words: string[] = [];
  readonly #places = new Map<string, number>();
  /** Equal first bytes give the same identification object, so in a flood most are found by identity. */
  readonly #recent: Identification[] = [];
  /** Places of the contents with these identifications. */
  readonly #recentPlaces: number[] = [];
  #nextRecent = 0;
  readonly #encoder = new TextEncoder();
  #wordLength = 0;
  #position = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#numbers.byteLength + this.#contents.byteLength + this.#binary.byteLength + this.#wordLength;
  }

  add(connection: Connection): void {
    const { id, peer, local, via, payload, identification } = connection;
    const content = this.#contentOf(
      identification,
      payload.length > payloadLimit ? payload.subarray(0, payloadLimit) : payload,
    );
    const place = this.#count * width;
    if (place + width > this.#numbers.length) this.#numbers = grown(this.#numbers);
    this.#makeRoom(id.length * 3 + maxAddressKeyBytes * 3);
    const start = this.#position;
    const afterId = this.#writeText(id);
    const afterPeer = writeAddressKey(peer.address, this.#binary, afterId);
    const afterLocal = writeAddressKey(local.address, this.#binary, afterPeer);
    const afterVia = via === undefined ? afterLocal : writeAddressKey(via.address, this.#binary, afterLocal);
    const numbers = this.#numbers;
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
    numbers[place + 10] = content;
    numbers[place + 11] = start;
    numbers[place + 12] = afterId - start;
    numbers[place + 13] = afterPeer - afterId;
    numbers[place + 14] = afterLocal - afterPeer;
    numbers[place + 15] = afterVia - afterLocal;
    this.#position = afterVia;
    this.#count += 1;
  }

  clear(): void {
    this.#count = 0;
    this.#contentCount = 0;
    this.#position = 0;
    this.#words = [];
    this.#wordLength = 0;
    this.#places.clear();
    this.#recent.length = 0;
    this.#nextRecent = 0;
    if (this.bytes <= keptBytes) return;
    this.#numbers = new Float64Array(firstRows * width);
    this.#contents = new Float64Array(firstContents * contentWidth);
    this.#binary = new Uint8Array(firstBytes);
  }

  /** A copy, so that the batch can be sent again where the outcome is uncertain. */
  pack(): PackedConnections {
    return {
      count: this.#count,
      numbers: this.#numbers.slice(0, this.#count * width),
      words: this.#words,
      contents: this.#contents.slice(0, this.#contentCount * contentWidth),
      binary: this.#binary.slice(0, this.#position),
    };
  }

  #contentOf(identification: Identification, payload: Uint8Array): number {
    const index = this.#recent.indexOf(identification);
    const known = this.#recentPlaces[index];
    if (index !== -1 && known !== undefined && this.#isPayloadOf(known, payload)) return known;
    const added = this.#addContent(JSON.stringify(identification), payload);
    const next = index === -1 ? this.#nextRecent : index;
    this.#recent[next] = identification;
    this.#recentPlaces[next] = added;
    if (index === -1) this.#nextRecent = (next + 1) % recognised;
    return added;
  }

  #isPayloadOf(content: number, payload: Uint8Array): boolean {
    const at = content * contentWidth;
    if (this.#contents[at + 2] !== payload.length) return false;
    const start = (this.#contents[at] ?? 0) + (this.#contents[at + 1] ?? 0);
    for (let index = 0; index < payload.length; index++) {
      if (this.#binary[start + index] !== payload[index]) return false;
    }
    return true;
  }

  #addContent(identification: string, payload: Uint8Array): number {
    const at = this.#contentCount * contentWidth;
    if (at + contentWidth > this.#contents.length) this.#contents = grown(this.#contents);
    this.#makeRoom(identification.length * 3 + payload.length);
    const payloadStart = this.#writeText(identification);
    this.#binary.set(payload, payloadStart);
    this.#contents[at] = this.#position;
    this.#contents[at + 1] = payloadStart - this.#position;
    this.#contents[at + 2] = payload.length;
    this.#position = payloadStart + payload.length;
    this.#contentCount += 1;
    return this.#contentCount - 1;
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

  #placeOf(word: string): number {
    return this.#places.get(word) ?? this.#addWord(word);
  }

  #addWord(word: string): number {
    const place = this.#words.push(word) - 1;
    this.#places.set(word, place);
    this.#wordLength += word.length;
    return place;
  }

  #makeRoom(bytes: number): void {
    if (this.#position + bytes <= this.#binary.length) return;
    const larger = new Uint8Array(Math.max(this.#binary.length * 2, this.#position + bytes));
    larger.set(this.#binary);
    this.#binary = larger;
  }
}

function grown(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

/** The batch, packed. @throws TypeError for one that another store made */
export function packOf(batch: ConnectionBatch): PackedConnections {
  if (batch instanceof PackedBatch) return batch.pack();
  throw new TypeError("this batch was not made by this store");
}
