import { cutCharacterBytes } from "../../../core/text-encoding.ts";

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

  /** @param wasTruncated the source had already left something out */
  add(text: string, wasTruncated: boolean): void {
    const bytes = Buffer.byteLength(text);
    const fits = bytes <= this.room;
    const kept = fits ? text : firstBytes(text, this.room);
    if (wasTruncated || !fits) this.truncated = true;
    this.#text += kept;
    this.#bytes += fits ? bytes : this.room;
  }

  text(): string {
    return this.#text;
  }
}

/** The first bytes of `text` in UTF-8, without half a character at the end. */
function firstBytes(text: string, bytes: number): string {
  const cut = Buffer.from(text).subarray(0, bytes);
  return cut.subarray(0, cut.length - cutCharacterBytes(cut)).toString("utf8");
}
