import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HarbingerError } from "./errors.ts";
import {
  bindCursor,
  formatCursor,
  type KeyPart,
  maxCursorLength,
  pageOf,
  pagesOf,
  readCursor,
  unbindCursor,
} from "./page.ts";

const anyKey = (key: readonly KeyPart[]): key is readonly KeyPart[] => key.length >= 0;

test("a cursor returns the key that it was made from", () => {
  const part = fc.oneof(fc.maxSafeInteger(), fc.string(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), (key) => {
      const cursor = formatCursor(key);
      assert.match(cursor, /^[\w-]+$/);
      assert.deepEqual(readCursor(cursor, anyKey), JSON.parse(JSON.stringify(key)));
    }),
  );
});

test("any text is a cursor or not, and a cursor with another key is wrong usage", () => {
  const isNumber = (key: readonly KeyPart[]): key is readonly [number] =>
    key.length === 1 && typeof key[0] === "number";
  const anyCursor = fc
    .array(fc.oneof(fc.string(), fc.integer()), { maxLength: 2 })
    .map((key) => formatCursor(["list", ...key]));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), anyCursor), (text) => {
      const cursor = unbindCursor(text, "list");
      if (cursor === undefined) return;
      try {
        assert.equal(typeof readCursor(cursor, isNumber)[0], "number");
      } catch (error) {
        assert.ok(error instanceof HarbingerError && error.code === "usage");
      }
    }),
  );
});

test("a cursor for clients is that of its own list alone, and never one without a list", () => {
  const cursor = formatCursor([7, "x"]);
  assert.equal(unbindCursor(bindCursor(cursor, "/hosts"), "/hosts"), cursor);
  assert.equal(unbindCursor(bindCursor(cursor, "/hosts"), "/hosts descending"), undefined);
  assert.equal(unbindCursor(cursor, "/hosts"), undefined);
});

test("a cursor that is too long is rejected", () => {
  const long = bindCursor(formatCursor(["x".repeat(maxCursorLength)]), "/hosts");
  assert.equal(unbindCursor(long, "/hosts"), undefined);
});

test("a page has a next page only if there is another row", () => {
  const keyOf = (row: number) => [row];
  assert.deepEqual(pageOf([1, 2], 2, keyOf), { rows: [1, 2] });
  assert.deepEqual(pageOf([1, 2, 3], 2, keyOf), { rows: [1, 2], next: formatCursor([2]) });
  assert.deepEqual(pageOf([], 2, keyOf), { rows: [] });
});

test("all pages are read, each once", async () => {
  const all = [1, 2, 3, 4, 5];
  const isNumber = (key: readonly KeyPart[]): key is readonly [number] => typeof key[0] === "number";
  const read = async (after: Parameters<typeof readCursor>[0] | undefined) => {
    const last = after === undefined ? 0 : readCursor(after, isNumber)[0];
    return pageOf(all.filter((row) => row > last).slice(0, 3), 2, (row) => [row]);
  };
  assert.deepEqual(await Array.fromAsync(pagesOf(read)), [[1, 2], [3, 4], [5]]);
});
