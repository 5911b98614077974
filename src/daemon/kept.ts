import { isDeepStrictEqual } from "node:util";

/** The latest of its kind, and what it was made from. */
export interface Kept<Value> {
  latest?: { readonly from: unknown; readonly value: Value };
}

/** Made anew only where what it is made from has changed; without a place to keep it, each time. */
export function keep<Value>(kept: Kept<Value> | undefined, from: unknown, make: () => Value): Value {
  if (kept?.latest !== undefined && isDeepStrictEqual(kept.latest.from, from)) return kept.latest.value;
  const value = make();
  if (kept !== undefined) kept.latest = { from, value };
  return value;
}
