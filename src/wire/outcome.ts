/**
 * What a parser says of the first bytes that a stranger sent. Every parser in this room is a pure function of bytes,
 * total (it never throws) and bounded by its input.
 * - `match`: this is the protocol. `complete` is false where more bytes would tell more (a ClientHello cut in half).
 * - `incomplete`: nothing contradicts the protocol yet, but there is too little to say so.
 * - `mismatch`: it is something else.
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
