import { isDeepStrictEqual } from "node:util";

/** A cached value and its input. */
export interface Kept<Value> {
  latest?: { readonly from: unknown; readonly value: Value };
}

/** Recreated only if its input has changed; without a cache, every time. */
export function keep<Value>(kept: Kept<Value> | undefined, from: unknown, make: () => Value): Value {
  if (kept?.latest !== undefined && isDeepStrictEqual(kept.latest.from, from)) return kept.latest.value;
  const value = make();
  if (kept !== undefined) kept.latest = { from, value };
  return value;
}
