/** The largest space that {@link Permutation} takes: products of its two sides stay exact in a double. */
export const maxSpace = 2 ** 53 - 2 ** 28;

const rounds = 6;

/**
 * A pseudo-random order of the numbers below `size`, one for each seed, in constant memory: a Feistel network over two
 * sides of about the square root (FE1 of Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002), with cycle
 * walking for numbers past `size`. Neighbouring addresses and the ports of a host are visited far apart, so no host
 * or network sees a burst. It need not be secret, only scattered.
 */
export class Permutation {
  readonly size: number;
  readonly #left: number;
  readonly #right: number;
  readonly #keys = new Int32Array(rounds);

  /** @param seed any integer; its low 53 bits count */
  constructor(size: number, seed: number) {
    if (!Number.isInteger(size) || size < 0 || size > maxSpace) throw new RangeError(`cannot permute ${size} numbers`);
    this.size = size;
    this.#left = Math.max(1, Math.ceil(Math.sqrt(size)));
    this.#right = Math.max(1, Math.ceil(size / this.#left));
    let state = mix(seed | 0) ^ Math.floor(seed / 0x1_0000_0000);
    for (let round = 0; round < rounds; round++) {
      state = (state + 0x9e3779b9) | 0;
      this.#keys[round] = mix(state);
    }
  }

  /** The number at `position`, for 0 <= position < size. */
  at(position: number): number {
    let value = position;
    do value = this.#shuffle(value);
    while (value >= this.size);
    return value;
  }

  /** The position at which `value` is visited: {@link at} backwards. */
  positionOf(value: number): number {
    let position = value;
    do position = this.#unshuffle(position);
    while (position >= this.size);
    return position;
  }

  #unshuffle(value: number): number {
    const width = this.#right;
    let left = Math.floor(value / width);
    let right = value - left * width;
    for (let round = rounds - 2; round >= 0; round -= 2) {
      right = (right + width - ((mix(left ^ (this.#keys[round + 1] ?? 0)) >>> 0) % width)) % width;
      left = (left + this.#left - ((mix(right ^ (this.#keys[round] ?? 0)) >>> 0) % this.#left)) % this.#left;
    }
    return left * width + right;
  }

  #shuffle(value: number): number {
    const width = this.#right;
    let left = Math.floor(value / width);
    let right = value - left * width;
    for (let round = 0; round < rounds; round += 2) {
      left = (left + (mix(right ^ (this.#keys[round] ?? 0)) >>> 0)) % this.#left;
      right = (right + (mix(left ^ (this.#keys[round + 1] ?? 0)) >>> 0)) % width;
    }
    return left * width + right;
  }
}

/** A 32-bit finaliser (MurmurHash3's): every input bit changes about half of the output bits. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
