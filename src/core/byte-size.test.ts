import assert from "node:assert/strict";
import { test } from "node:test";
import { parseByteSize } from "./byte-size.ts";

test("sizes are read with their unit, in any case, with a space or without", () => {
  const sizes: readonly (readonly [string, number])[] = [
    ["500MB", 500_000_000],
    ["1.5 GB", 1_500_000_000],
    ["64MiB", 67_108_864],
    ["1 kb", 1000],
    ["2tib", 2 * 1024 ** 4],
  ];
  for (const [text, bytes] of sizes) assert.equal(parseByteSize(text), bytes, text);
});

test("text without a unit, with another unit, a sign or anything else is not a size", () => {
  for (const text of ["", "500", "5 M", "-1MB", "1e3MB", "1,5GB", "1 MB of it", "MB", "1  MB", `${"9".repeat(10)}MB`]) {
    assert.equal(parseByteSize(text), undefined, text);
  }
});
