/**
 * Numbers byte strings from 0 in the order in which they come, such as the addresses of peers. A `Map` of strings needs four times the
 * memory, which matters where a flood comes from a million addresses.
 */
export class KeyTable {
  readonly #seed: number;
  /** Number of a key plus one, by the hash of the key; 0 is free. The length is a power of two, and at most half of it is used. */
  #slots = new Uint32Array(1024);
  /** Where the bytes of each key start; the next key's start is its end. */
  #starts = new Uint32Array(513);
  #bytes = new Uint8Array(8192);
  #size = 0;

  /** @param seed random, so that nobody can choose keys that share one slot */
  constructor(seed: number) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of a key, which is added where it is new. */
  numberOf(key: Uint8Array): number {
    const found = this.#find(key);
    const known = this.#slots[found] ?? 0;
    if (known > 0) return known - 1;
    const number = this.#size;
    this.#slots[found] = number + 1;
    this.#append(key);
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return number;
  }

  /** A view: copy it before the table changes. */
  keyOf(number: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[number] ?? 0, this.#starts[number + 1] ?? 0);
  }

  /** The slot of the key, or the free one where it belongs. */
  #find(key: Uint8Array): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(key) & mask;
    for (;;) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0 || this.#has(number - 1, key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #has(number: number, key: Uint8Array): boolean {
    const start = this.#starts[number] ?? 0;
    if ((this.#starts[number + 1] ?? 0) - start !== key.length) return false;
    for (let at = 0; at < key.length; at++) if (this.#bytes[start + at] !== key[at]) return false;
    return true;
  }

  #append(key: Uint8Array): void {
    const start = this.#starts[this.#size] ?? 0;
    if (start + key.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, start + key.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(key, start);
    this.#size += 1;
    if (this.#size >= this.#starts.length) {
      const larger = new Uint32Array(this.#starts.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#size] = start + key.length;
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number++) this.#slots[this.#find(this.keyOf(number))] = number + 1;
  }

  /** MurmurHash3's steps, byte by byte. */
  #hash(key: Uint8Array): number {
    let value = this.#seed;
    for (let at = 0; at < key.length; at++) {
      value = Math.imul(value ^ (key[at] ?? 0), 0xcc9e2d51);
      value = Math.imul((value << 13) | (value >>> 19), 5) + 0x52dce729;
    }
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return (value ^ (value >>> 16)) >>> 0;
  }
}
