import type { Identification, ProtocolName } from "../../core/identification.ts";
import { identify } from "../../wire/identify.ts";
import { latin1 } from "../../wire/reader.ts";

type Identify = (bytes: Uint8Array, expected?: ProtocolName) => Identification;

/** First bytes longer than this are looked at anew each time: the longer, the likelier that they carry something random. */
const maxCachedBytes = 512;

/** Answers kept at most; a power of two. */
const places = 512;

interface Answer {
  readonly text: string;
  readonly expected: ProtocolName | undefined;
  readonly identification: Identification;
}

/**
 * Names the protocol of first bytes, and remembers the answers: a scanner sends the same bytes to everyone, so in a
 * flood nearly every question has just been answered. First bytes come in, an identification goes out; equal bytes give
 * the very same object, as long as no others have taken their place. Each answer has one place, by its bytes: a map would be
 * filled and emptied again and again by first bytes that never come back, at a microsecond each.
 */
export class Identifier {
  readonly #identify: Identify;
  readonly #answers: (Answer | undefined)[] = Array.from({ length: places }, () => undefined);

  constructor(identifyAnew: Identify = identify) {
    this.#identify = identifyAnew;
  }

  /** @param expected what the listener's banner or port announces */
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
 * FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over 32 to 63 of the bytes: all of 110 took a microsecond. First bytes that
 * share a place cost the time of a new answer, nothing more.
 */
function placeOf(bytes: Uint8Array, expected = ""): number {
  let mixed = 0x811c9dc5 ^ bytes.length;
  for (let at = 0; at < expected.length; at++) mixed = Math.imul(mixed ^ expected.charCodeAt(at), 0x01000193);
  const step = Math.max(1, bytes.length >> 5);
  for (let at = bytes.length - 1; at >= 0; at -= step) mixed = Math.imul(mixed ^ (bytes[at] ?? 0), 0x01000193);
  return (mixed ^ (mixed >>> 16)) & (places - 1);
}
