import { isDeepStrictEqual } from "node:util";

/** A cached value, and the input from which it was made. */
export interface Memo<Value> {
  latest?: { readonly input: unknown; readonly value: Value };
}

/** Makes the value again only if its input has changed; without a memo, every time. */
export function memoized<Value>(memo: Memo<Value> | undefined, input: unknown, make: () => Value): Value {
  if (memo?.latest !== undefined && isDeepStrictEqual(memo.latest.input, input)) return memo.latest.value;
  const value = make();
  if (memo !== undefined) memo.latest = { input, value };
  return value;
}
