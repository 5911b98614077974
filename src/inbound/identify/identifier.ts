import type { Identification, ProtocolName } from "../../core/identification.ts";
import { identify } from "../../wire/identify.ts";

type Identify = (bytes: Uint8Array, expected?: ProtocolName) => Identification;

/** First bytes longer than this are looked at anew each time: the longer, the likelier that they carry something random. */
const rememberedBytes = 512;

/** Answers kept are this many to twice as many. */
const generationSize = 256;

/**
 * Names the protocol of first bytes, and remembers the answers: a scanner sends the same bytes to everyone, so in a
 * flood nearly every question has just been answered. First bytes come in, an identification goes out; equal bytes give
 * the very same object.
 */
export class Identifier {
  readonly #identify: Identify;
  #young = new Map<string, Identification>();
  #old = new Map<string, Identification>();

  constructor(identifyAnew: Identify = identify) {
    this.#identify = identifyAnew;
  }

  /** @param expected what the listener's banner or port announces */
  readonly identify = (bytes: Uint8Array, expected?: ProtocolName): Identification => {
    if (bytes.length > rememberedBytes) return this.#identify(bytes, expected);
    const key = expected === undefined ? asKey(bytes) : `${expected}\n${asKey(bytes)}`;
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const found = this.#old.get(key) ?? this.#identify(bytes, expected);
    if (this.#young.size >= generationSize) {
      // Whatever was asked for since the last turn lives on; the rest is forgotten.
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, found);
    return found;
  };
}

/** The bytes as text, one character a byte. */
function asKey(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString("latin1");
}
