import type { Identification, ProtocolName } from "../../core/identification.ts";
import { identify } from "../../wire/identify.ts";
import { latin1 } from "../../wire/reader.ts";

type Identify = (bytes: Uint8Array, expected?: ProtocolName) => Identification;

/** Longer first bytes are not cached: they probably contain random data. */
const maxCachedBytes = 512;

/** Size of the cache; a power of two. */
const places = 512;

interface Answer {
  readonly text: string;
  readonly expected: ProtocolName | undefined;
  readonly identification: Identification;
}

/**
 * Identifies the protocol of first bytes, with a cache: a scanner sends the same bytes to every host, so in a flood
 * nearly every answer is cached. Equal bytes give the same object until other bytes take their place. Each answer has
 * one place, by a hash of its bytes: with a Map, first bytes that never come back would cost a microsecond each.
 */
export class Identifier {
  readonly #identify: Identify;
  readonly #answers: (Answer | undefined)[] = Array.from({ length: places }, () => undefined);

  constructor(identifyAnew: Identify = identify) {
    this.#identify = identifyAnew;
  }

  /** @param expected the protocol of the listener's banner or port */
  readonly identify = (bytes: Uint8Array, expected?: ProtocolName): Identification => {
    if (bytes.length > maxCachedBytes) return this.#identify(bytes, expected);
    const place = placeOf(bytes, expected);
    const known = this.#answers[place];
    const text = latin1(bytes);
    if (known !== undefined && known.text === text && known.expected === expected) return known.identification;
    const identification = this.#identify(bytes, expected);
    this.#answers[place] = { text, expected, identification };
    return identification;
  };
}

/**
 * FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over 32 to 63 of the bytes: all of 110 took a microsecond. A
 * collision only costs a new identification.
 */
function placeOf(bytes: Uint8Array, expected = ""): number {
  let mixed = 0x811c9dc5 ^ bytes.length;
  for (let at = 0; at < expected.length; at++) mixed = Math.imul(mixed ^ expected.charCodeAt(at), 0x01000193);
  const step = Math.max(1, bytes.length >> 5);
  for (let at = bytes.length - 1; at >= 0; at -= step) mixed = Math.imul(mixed ^ (bytes[at] ?? 0), 0x01000193);
  return (mixed ^ (mixed >>> 16)) & (places - 1);
}
