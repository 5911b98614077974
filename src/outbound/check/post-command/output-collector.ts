/** Text from several sources, up to a number of bytes. */
export class OutputCollector {
  readonly #limit: number;
  #text = "";
  #bytes = 0;
  truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that still fit. */
  get room(): number {
    return Math.max(0, this.#limit - this.#bytes);
  }

  /** @param wasTruncated the source itself had left something out */
  add(text: string, wasTruncated: boolean): void {
    const bytes = Buffer.byteLength(text);
    const fits = bytes <= this.room;
    const kept = fits ? text : Buffer.from(text).subarray(0, this.room).toString("utf8");
    if (wasTruncated || !fits) this.truncated = true;
    this.#text += kept;
    this.#bytes += fits ? bytes : this.room;
  }

  text(): string {
    return this.#text;
  }
}
