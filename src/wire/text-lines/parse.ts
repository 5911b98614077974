/** One line without its end, and its number, from 1. A line past the limit comes as `tooLong`, without its text. */
export type TextLine =
  | { readonly kind: "line"; readonly line: number; readonly text: string }
  | { readonly kind: "too-long"; readonly line: number };

/** UTF-16 units of a line that is kept. */
export const longestLine = 1024 * 1024;

/** Cuts text that comes in pieces into lines (LF or CRLF). Total; holds one line at a time, up to the limit. */
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

  /** The last line, where no line end closes it. */
  end(): readonly TextLine[] {
    return this.#held === "" && !this.#isTooLong ? [] : [this.#take()];
  }

  #append(part: string): void {
    if (this.#isTooLong) return;
    if (this.#held.length + part.length > longestLine) {
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
