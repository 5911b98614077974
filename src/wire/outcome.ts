/**
 * The result of a parser. Every parser in this folder is a pure function of bytes, total (it never throws), and its work is
 * bounded by its input.
 * - `match`: this is the protocol. `complete` is false if more bytes would give more facts (half of a ClientHello).
 * - `incomplete`: nothing contradicts the protocol yet, but there are too few bytes to decide.
 * - `mismatch`: this is not the protocol.
 */
export type Outcome<Value> =
  | { readonly kind: "match"; readonly value: Value; readonly complete: boolean }
  | { readonly kind: "incomplete" }
  | { readonly kind: "mismatch" };

export const incomplete = { kind: "incomplete" } as const;
export const mismatch = { kind: "mismatch" } as const;

export function match<Value>(value: Value, complete = true): Outcome<Value> {
  return { kind: "match", value, complete };
}
