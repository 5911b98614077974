const empty = new Uint8Array(0);

/** The first bytes of a connection, put together from its fragments, up to a limit. */
export class FirstBytes {
  #limit: number;
  #buffer: Uint8Array = empty;
  #length = 0;
  /** The buffer was allocated here and may be written to; otherwise it is the socket's chunk. */
  #owned = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  /** Keeps as much of `chunk` as fits. Most connections send only one, which is kept without a copy. */
  add(chunk: Uint8Array): void {
    const room = this.#limit - this.#length;
    if (this.#length === 0 && chunk.length <= room) {
      this.#buffer = chunk;
      this.#length = chunk.length;
      return;
    }
    const part = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.#reserve(this.#length + part.length);
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }

  /** Drops the first `count` bytes (the header of a proxy), and keeps at most `limit` bytes from now on. */
  drop(count: number, limit: number): void {
    this.#limit = limit;
    this.#buffer = this.#buffer.subarray(count, Math.min(this.#length, count + limit));
    this.#length = this.#buffer.length;
    this.#owned = false;
  }

  view(): Uint8Array {
    return this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length);
  }

  #reserve(length: number): void {
    if (this.#owned && length <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(length, this.#length * 2, 256)));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
    this.#owned = true;
  }
}
