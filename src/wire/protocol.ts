import type { Descriptions, ProtocolName } from "../core/identification.ts";
import { match, mismatch, type Outcome } from "./outcome.ts";
import { type Described, safeDescription } from "./safe-description.ts";
import type { SecretFinder } from "./secret.ts";

/**
 * How much a match proves.
 * - `strong`: a magic number or a structure that no other protocol has (TLS, SSH, PROXY).
 * - `medium`: several fields that agree, or a verb that few protocols share (`EHLO`, a RESP array).
 * - `weak`: a few plausible bytes (SOCKS4), or a command that other protocols have too.
 */
export type Strength = "strong" | "medium" | "weak";

/** One protocol that `identify` recognises. */
export interface Protocol<Value> {
  readonly name: ProtocolName;
  readonly strength: Strength;
  /**
   * Which first bytes a client of this protocol can send. Called once for each of the 256 values at start-up, so it may be
   * slow. Without it the parser runs for every first byte.
   */
  readonly firstBytes?: (byte: number) => boolean;
  /** Omit it if the first bytes prove nothing by themselves (a bare line): then only `parseExpected` counts. */
  readonly parse?: (bytes: Uint8Array) => Outcome<Value>;
  /**
   * Used if the banner or port of the listener announces this protocol: it may also accept commands that other protocols
   * have. Runs after every `strong` and `medium` parser. Default: `parse`.
   */
  readonly parseExpected?: (bytes: Uint8Array) => Outcome<Value>;
  /**
   * What `harbinger identify` shows of a match: `{ redis: { command: value.command } }`, or `{}`. The caller makes its texts
   * safe for display and drops facts that are `undefined`.
   */
  readonly describe: (value: Value) => Described;
  /** Finds passwords in what the client sent, so that they are not stored. Omit it if clients send none. */
  readonly secrets?: SecretFinder | undefined;
}

/** A protocol without its value type, so that all of them fit into one list. */
export interface Candidate {
  readonly name: ProtocolName;
  readonly strength: Strength;
  readonly firstBytes: (byte: number) => boolean;
  readonly attempt: (bytes: Uint8Array) => Outcome<Descriptions>;
  /** As `attempt`, if this protocol is expected; absent if that makes no difference. */
  readonly attemptExpected?: ((bytes: Uint8Array) => Outcome<Descriptions>) | undefined;
  readonly secrets?: SecretFinder | undefined;
}

export function protocol<Value>(entry: Protocol<Value>): Candidate {
  const attempt = (parse: (bytes: Uint8Array) => Outcome<Value>) => (bytes: Uint8Array) => {
    const outcome = parse(bytes);
    return outcome.kind === "match" ? match(safeDescription(entry.describe(outcome.value)), outcome.complete) : outcome;
  };
  return {
    name: entry.name,
    strength: entry.strength,
    firstBytes: entry.parse === undefined ? () => false : (entry.firstBytes ?? (() => true)),
    secrets: entry.secrets,
    attempt: attempt(entry.parse ?? (() => mismatch)),
    attemptExpected: entry.parseExpected === undefined ? undefined : attempt(entry.parseExpected),
  };
}

/** A `firstBytes` predicate: one of these characters. */
export function anyOf(characters: string): (byte: number) => boolean {
  return (byte) => characters.includes(String.fromCharCode(byte));
}

/** A `firstBytes` predicate: an ASCII letter of either case that one of these words begins with. */
export function initialsOf(words: Iterable<string>): (byte: number) => boolean {
  const initials = new Set(Array.from(words, (word) => word.slice(0, 1).toLowerCase()));
  return (byte) => initials.has(String.fromCharCode(byte).toLowerCase());
}

/** A `firstBytes` predicate: one of these values. */
export function oneOf(...values: readonly number[]): (byte: number) => boolean {
  return (byte) => values.includes(byte);
}
