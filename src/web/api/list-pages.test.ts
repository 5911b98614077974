import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Cursor, formatCursor, unbindCursor } from "../../core/page.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { answerOf, type ListQuery, maxLimit, type Source } from "./list-pages.ts";

interface Row {
  readonly id: number;
  readonly text: string;
}

const place = "rows";

/** A store with rows of these sizes in bytes, whose cursor is how many rows are before it. */
function sourceOf(sizes: readonly number[]) {
  const rows = sizes.map((size, id): Row => ({ id, text: "x".repeat(size) }));
  const asked: ListQuery[] = [];
  const source: Source<Row> = {
    read: async (query) => {
      asked.push(query);
      const start =
        query.after === undefined ? 0 : Number(JSON.parse(Buffer.from(query.after, "base64url").toString())[0]);
      const page: Row[] = [];
      let bytes = 0;
      for (const row of rows.slice(start, start + query.limit)) {
        bytes += row.text.length;
        if (page.length > 0 && query.maxBytes !== undefined && bytes > query.maxBytes) break;
        page.push(row);
      }
      const end = start + page.length;
      return { rows: page, next: end < rows.length ? formatCursor([end]) : undefined };
    },
    search: { filters: {}, tests: [], words: [] },
    bytesOf: ({ text }) => text.length,
    clock: systemClock,
  };
  return { source, asked, rows };
}

async function page(source: Source<Row>, limit: number, after?: Cursor) {
  const text = await answerOf(source, (row) => row, { limit, after, place });
  const { rows, next } = JSON.parse(text) as { readonly rows: readonly Row[]; readonly next?: string };
  return { rows, next: next === undefined ? undefined : unbindCursor(next, place), bytes: text.length };
}

describe("a page of a list", () => {
  test("of many rows is read in parts, each before the text of the last is written", async () => {
    const { source, asked } = sourceOf(Array.from({ length: 1500 }, () => 10));
    const { rows, next } = await page(source, maxLimit);
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: maxLimit }, (_, id) => id),
    );
    assert.equal(next, formatCursor([maxLimit]));
    assert.deepEqual(
      asked.map(({ limit }) => limit),
      [250, 250, 250, 250],
    );
  });

  test("of few rows is one read", async () => {
    const { source, asked } = sourceOf([1, 2, 3]);
    assert.equal((await page(source, 100)).rows.length, 3);
    assert.equal(asked.length, 1);
  });

  test("is bounded, and page after page has each row once, whatever their sizes", async () => {
    const sizes = fc.array(fc.oneof(fc.nat(2000), fc.nat(40_000), fc.constant(3_000_000)), { maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: maxLimit }), async (lengths, limit) => {
        const { source, rows: all } = sourceOf(lengths);
        const seen: number[] = [];
        let after: Cursor | undefined;
        do {
          const { rows, next, bytes } = await page(source, limit, after);
          assert.ok(rows.length <= limit);
          assert.ok(rows.length > 0 || all.length === 0);
          assert.ok(bytes < 4 * 2 ** 20 + 100_000 || rows.length === 1, String(bytes));
          seen.push(...rows.map(({ id }) => id));
          after = next;
        } while (after !== undefined);
        assert.deepEqual(
          seen,
          all.map(({ id }) => id),
        );
      }),
      { numRuns: 12 },
    );
  });

  test("ends before rows whose JSON is too large for it, also where they are in a later part", async () => {
    const { source } = sourceOf(Array.from({ length: 600 }, (_, id) => (id === 260 ? 10 : 1)));
    const escaped: Source<Row> = { ...source, bytesOf: () => 0 };
    const json = (row: Row) => ({ id: row.id, text: row.id >= 255 ? "y".repeat(2 ** 20) : "" });
    const answer = await answerOf(escaped, json, { limit: 600, after: undefined, place });
    const { rows, next } = JSON.parse(answer) as { readonly rows: readonly Row[]; readonly next: string };
    assert.equal(rows.length, 258);
    assert.equal(unbindCursor(next, place), formatCursor([258]));
  });

  test("fails as the read of any of its parts does", async () => {
    const { source } = sourceOf(Array.from({ length: 600 }, () => 1));
    const failing: Source<Row> = {
      ...source,
      read: async (query) => {
        if (query.after !== undefined) throw new Error("disk full");
        return await source.read(query);
      },
    };
    await assert.rejects(
      answerOf(failing, (row) => row, { limit: 600, after: undefined, place }),
      /disk full/,
    );
  });
});
