import { withoutComment } from "../../core/env-file.ts";
import { type AddressRange, parseRange } from "../../core/network.ts";
import { splitList } from "../../core/recipients.ts";
import { safeText } from "../../core/safe-text.ts";
import { standardOf, type VariableName } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads variables by kind. An invalid value is collected with its variable's name and replaced by the default, so that
 * all errors are reported at once.
 */
export class EnvironmentValues {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly #environment: Environment;
  readonly #literal: ReadonlySet<string>;

  /** @param literal variables whose values contain no comments: a `#` is a character */
  constructor(environment: Environment, literal: ReadonlySet<string> = new Set()) {
    this.#environment = environment;
    this.#literal = literal;
  }

  /** Whether the value contains anything except white space and a comment. */
  isSet(name: VariableName): boolean {
    return this.#read(name).trim() !== "";
  }

  /** The value without surrounding white space and a trailing comment; the default if nothing remains. */
  text(name: VariableName): string {
    return this.#read(name).trim() || standardOf(name);
  }

  /** The value without a trailing comment, otherwise unchanged, including line ends. */
  raw(name: VariableName): string {
    return this.isSet(name) ? this.#read(name) : standardOf(name);
  }

  /** `0 false no off` in any case is false, everything else true. */
  flag(name: VariableName): boolean {
    const word = this.text(name).toLowerCase();
    if (/^(?:0|false|no|off)$/.test(word)) return false;
    if (!/^(?:1|true|yes|on)$/.test(word)) this.warnings.push(`${name}: ${quoted(word)} counts as 1; write 1 or 0`);
    return true;
  }

  /** A whole number. */
  count(name: VariableName, min: number, max: number): number {
    return this.#number(name, /^\+?\d{1,15}$/, min, max, `a whole number from ${min} to ${max}`);
  }

  /** Seconds, also with decimals. @returns milliseconds */
  seconds(name: VariableName, min: number, max: number): number {
    const seconds = this.#number(name, /^\+?\d{1,12}(?:\.\d{0,9})?$/, min, max, `seconds, from ${min} to ${max}`);
    return Math.round(seconds * 1000);
  }

  /** @param expected what `read` accepts, for the error */
  parsed<Value>(name: VariableName, read: (text: string) => Value | undefined, expected: string): Value | undefined {
    const text = this.text(name);
    const value = read(text);
    if (value === undefined) this.wrong(name, text, expected);
    return value;
  }

  /** Words between commas. */
  list(name: VariableName): string[] {
    return splitList(this.text(name));
  }

  networks(name: VariableName): AddressRange[] {
    return this.list(name).flatMap((text) => {
      const range = parseRange(text);
      if (range === undefined) this.wrong(name, text, "an address or a network such as 172.24.0.0/16 or ::1/128");
      return range ?? [];
    });
  }

  wrong(name: VariableName, text: string, expected: string): void {
    this.problems.push(`${name}: ${quoted(text)}: expected ${expected}`);
  }

  #read(name: VariableName): string {
    const value = this.#environment[name] ?? "";
    return this.#literal.has(name) ? value : withoutComment(value);
  }

  #number(name: VariableName, form: RegExp, min: number, max: number, expected: string): number {
    const text = this.text(name);
    const value = Number(text);
    if (form.test(text) && value >= min && value <= max) return value;
    this.wrong(name, text, expected);
    return Number(standardOf(name));
  }
}

function quoted(text: string): string {
  return `"${safeText(text, { limit: 80 })}"`;
}
