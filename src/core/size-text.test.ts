import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeText } from "./size-text.ts";

test("a size is shown in the unit that needs the fewest digits", () => {
  const texts = [0, 999, 1000, 48_123, 999_400, 999_600, 3_240_000, 250_000_000, 12e9, 4e15].map(sizeText);
  assert.deepEqual(texts, [
    "0 bytes",
    "999 bytes",
    "1.0 kB",
    "48 kB",
    "999 kB",
    "1.0 MB",
    "3.2 MB",
    "250 MB",
    "12 GB",
    "4000 TB",
  ]);
});
