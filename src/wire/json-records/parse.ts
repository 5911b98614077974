import { messageOf } from "../../core/errors.ts";

/** One JSON object of a sequence, and the line on which it begins, from 1. */
export type JsonRecord =
  | { readonly kind: "record"; readonly line: number; readonly value: unknown }
  | { readonly kind: "bad"; readonly line: number; readonly reason: string };

/** UTF-16 units of one object. */
export const maxRecordLength = 1024 * 1024;
const maxDepth = 32;

/**
 * Finds JSON objects in text that arrives in pieces: one object per line, or an array over one or more lines, with missing,
 * double or trailing commas, because a scanner can be stopped at any time. Between objects, commas, brackets and space are
 * skipped; anything else is an error of its line. Never throws; linear time; holds one object at a time, up to the limit.
 */
export class JsonRecords {
  #line = 1;
  #startLine = 1;
  #held = "";
  /** Open braces and brackets of the current object; 0 between objects. */
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  /** Why the current object is skipped. */
  #refusal: string | undefined;
  /** The last line with an error between objects; reported once per line. */
  #strayLine = 0;

  write(piece: string): readonly JsonRecord[] {
    const records: JsonRecord[] = [];
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === 10) this.#line += 1;
      if (this.#depth === 0) {
        if (code === 123) {
          this.#depth = 1;
          this.#startLine = this.#line;
          from = at;
        } else if (!isFiller(code)) this.#noteStray(records);
        continue;
      }
      if (!this.#isEnd(code)) continue;
      this.#hold(piece.slice(from, at + 1));
      records.push(this.#take());
    }
    if (this.#depth > 0) this.#hold(piece.slice(from));
    return records;
  }

  /** Reports an object that has not ended. */
  end(): readonly JsonRecord[] {
    if (this.#depth === 0) return [];
    this.#depth = 0;
    return [{ kind: "bad", line: this.#startLine, reason: "cut off before its end" }];
  }

  /** @returns whether the current object ends with this character */
  #isEnd(code: number): boolean {
    if (this.#isText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === 92) this.#isEscaped = true;
      // A JSON string cannot contain a line end: a quote is missing, so the string ends here.
      else if (code === 34 || code === 10) this.#isText = false;
      return false;
    }
    if (code === 34) this.#isText = true;
    else if (code === 123 || code === 91) {
      this.#depth += 1;
      if (this.#depth > maxDepth) this.#refusal ??= "nested too deep";
    } else if (code === 125 || code === 93) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }

  #hold(part: string): void {
    if (this.#refusal !== undefined) return;
    if (this.#held.length + part.length > maxRecordLength) {
      this.#refusal = "too long";
      this.#held = "";
    } else this.#held += part;
  }

  #take(): JsonRecord {
    const line = this.#startLine;
    const text = this.#held;
    const reason = this.#refusal;
    this.#held = "";
    this.#refusal = undefined;
    if (reason !== undefined) return { kind: "bad", line, reason };
    try {
      return { kind: "record", line, value: JSON.parse(text) };
    } catch (error) {
      // masscan 1.0 ends its list with an object whose key has no quotes.
      if (/^\{\s*finished\s*:\s*1\s*\}$/.test(text)) return { kind: "record", line, value: { finished: 1 } };
      return { kind: "bad", line, reason: `not JSON (${messageOf(error)})` };
    }
  }

  #noteStray(records: JsonRecord[]): void {
    if (this.#strayLine === this.#line) return;
    this.#strayLine = this.#line;
    records.push({ kind: "bad", line: this.#line, reason: "not a JSON object" });
  }
}

/** Space, a comma, brackets of the surrounding array, a byte order mark. */
function isFiller(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 44 || code === 91 || code === 93 || code === 0xfeff;
}
