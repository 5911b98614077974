/** One line without its line end, and its number from 1. A line beyond the limit has kind `too-long` and no text. */
export type TextLine =
  | { readonly kind: "line"; readonly line: number; readonly text: string }
  | { readonly kind: "too-long"; readonly line: number };

/** Limit of a line in UTF-16 units. */
export const maxLineLength = 1024 * 1024;

/** Splits text that arrives in pieces into lines (LF or CRLF). Never throws; holds one line at a time, up to the limit. */
export class LineSplitter {
  #held = "";
  #line = 1;
  #isTooLong = false;

  write(piece: string): readonly TextLine[] {
    const lines: TextLine[] = [];
    let from = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", from)) {
      this.#append(piece.slice(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    this.#append(piece.slice(from));
    return lines;
  }

  /** The last line, if it has no line end. */
  end(): readonly TextLine[] {
    return this.#held === "" && !this.#isTooLong ? [] : [this.#take()];
  }

  #append(part: string): void {
    if (this.#isTooLong) return;
    if (this.#held.length + part.length > maxLineLength) {
      this.#isTooLong = true;
      this.#held = "";
    } else this.#held += part;
  }

  #take(): TextLine {
    const line = this.#line;
    this.#line += 1;
    const text = this.#held.endsWith("\r") ? this.#held.slice(0, -1) : this.#held;
    const taken: TextLine = this.#isTooLong ? { kind: "too-long", line } : { kind: "line", line, text };
    this.#held = "";
    this.#isTooLong = false;
    return taken;
  }
}
