import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { parse as parseCsv } from "csv-parse/sync";
import fc from "fast-check";
import * as z from "zod";
import { exportedRows } from "./export.ts";

const rowSchema = z.object({
  text: z.string(),
  texts: z.array(z.string()),
  inner: z.array(z.object({ a: z.string() })),
});

async function csvOf(value: string): Promise<string> {
  const row = { text: value, texts: [value, "b"], inner: [{ a: value }] };
  const pages = (async function* () {
    yield [row];
  })();
  return await text(exportedRows("csv", { rowSchema, pages, inWords: (each) => each.text }));
}

/** What a spreadsheet runs: a cell that begins with one of these, also behind what it does not show. */
const formula = /^[\s\p{Cc}\p{Cf}\p{DI}\u2800]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

describe("a text of a stranger in a CSV file", () => {
  for (const value of [
    "=1+1",
    "hello;=1+1;@SUM(A1);world",
    ";=cmd|' /C calc'!A0;",
    "a; \u200b\t=1",
    "a;\u3164+1",
    "\u2800=1",
    "\u034f\ufe0f\u115f-1",
    'a";=1;"b',
    "a;b",
    "evidence: +PONG\n=1+1",
    "a\r\n =1\r@SUM(A1)",
    "a;\n\u200b=1",
    "\n\n-1",
  ]) {
    test(`is no formula, whichever separator the system has: ${JSON.stringify(value)}`, async () => {
      const file = await csvOf(value);
      const [, row = []] = parseCsv(file) as string[][];
      assert.equal(row.length, 4);
      for (const cell of [...row.slice(0, 2), row[3] ?? ""]) assert.doesNotMatch(cell, formula);
      // With a semicolon quotation marks count at the start of a cell alone.
      for (const cell of file.split(/[;\r\n]/)) assert.doesNotMatch(cell, formula);
    });
  }

  test("costs no more than its length", async () => {
    const begin = performance.now();
    await csvOf(";".repeat(500_000));
    await csvOf(`;${" ".repeat(500_000)}`);
    await csvOf(" ;".repeat(250_000));
    await csvOf("\n".repeat(500_000));
    await csvOf("\n ".repeat(250_000));
    assert.ok(performance.now() - begin < 10_000);
  });
});

test("a row stays one row of as many cells, whatever its texts contain", async () => {
  const texts = fc.string({ unit: fc.constantFrom(..."ab ,;\"'\r\n\t=") });
  await fc.assert(
    fc.asyncProperty(texts, async (value) => {
      // Spreadsheets and Python end a record at each of them.
      const options = { relax_column_count: true, record_delimiter: ["\r\n", "\n", "\r"] };
      const rows = parseCsv(await csvOf(value), options) as string[][];
      assert.deepEqual(
        rows.map(({ length }) => length),
        [4, 4],
      );
      const plain = (cell = "") => cell.replaceAll("'", "");
      assert.equal(plain(rows[1]?.[0]), plain(value));
    }),
  );
});

test("a list of objects is one of names in a CSV file, without the services that present a certificate no more", async () => {
  const columns = z.object({
    watches: z.array(z.object({})),
    services: z.array(z.object({})),
    others: z.array(z.object({})),
  });
  const row = {
    watches: [
      { watch: "lan", state: "present" },
      { watch: "=web", state: "gone" },
    ],
    services: [
      { address: "192.0.2.1", port: 443, current: true },
      { address: "2001:db8::1", port: 8443, current: true },
      { address: "192.0.2.9", port: 443, current: false },
    ],
    others: [{ a: 1 }],
  };
  const pages = (async function* () {
    yield [row];
  })();
  const [, cells] = parseCsv(await text(exportedRows("csv", { rowSchema: columns, pages }))) as string[][];
  assert.deepEqual(cells, ["lan =web", "192.0.2.1:443 [2001:db8::1]:8443", '[{"a":1}]']);
});
