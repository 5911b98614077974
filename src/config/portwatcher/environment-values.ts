import { type AddressRange, parseRange } from "../../core/network.ts";
import { splitList } from "../../core/recipients.ts";
import { safeText } from "../../core/safe-text.ts";
import { withoutComment } from "../env-file.ts";
import { standardOf, type VariableName } from "./variables.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads variables by kind. What is wrong is collected, each with the variable's name, and reading goes on with the
 * default, so that everything that is wrong is said at once.
 */
export class EnvironmentValues {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly #environment: Environment;
  readonly #literal: ReadonlySet<string>;

  /** @param literal variables without comments: a `#` in their values is a character */
  constructor(environment: Environment, literal: ReadonlySet<string> = new Set()) {
    this.#environment = environment;
    this.#literal = literal;
  }

  /** Whether there is something beside blanks and a comment. */
  isSet(name: VariableName): boolean {
    return this.#read(name).trim() !== "";
  }

  /** Without the blanks around it and a trailing comment; the default where nothing is left. */
  text(name: VariableName): string {
    return this.#read(name).trim() || standardOf(name);
  }

  /** As it is, line ends included; only a comment with the blanks before it is taken away. */
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
  count(name: VariableName, least: number, most: number): number {
    return this.#number(name, /^\+?\d{1,15}$/, least, most, `a whole number from ${least} to ${most}`);
  }

  /** Seconds, also with decimals. @returns milliseconds */
  seconds(name: VariableName, least: number, most: number): number {
    const seconds = this.#number(name, /^\+?\d{1,12}(?:\.\d{0,9})?$/, least, most, `seconds, from ${least} to ${most}`);
    return Math.round(seconds * 1000);
  }

  /** What `read` makes of the text; `expected` says what it takes. */
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

  #number(name: VariableName, form: RegExp, least: number, most: number, expected: string): number {
    const text = this.text(name);
    const value = Number(text);
    if (form.test(text) && value >= least && value <= most) return value;
    this.wrong(name, text, expected);
    return Number(standardOf(name));
  }
}

function quoted(text: string): string {
  return `"${safeText(text, { limit: 80 })}"`;
}
