import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type JsonRecord, JsonRecords, maxRecordLength } from "./parse.ts";

function read(text: string, pieceLength = Number.POSITIVE_INFINITY): readonly JsonRecord[] {
  const records = new JsonRecords();
  const found: JsonRecord[] = [];
  for (let at = 0; at < text.length; at += pieceLength) found.push(...records.write(text.slice(at, at + pieceLength)));
  return [...found, ...records.end()];
}

function values(text: string): readonly unknown[] {
  return read(text).map((record) => (record.kind === "record" ? record.value : record));
}

test("objects are found one per line, in a list, and spread over lines", () => {
  assert.deepEqual(values('{"a":1}\n{"a":2}\n'), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(values('[{"a":1},{"a":[{"b":2}]}]'), [{ a: 1 }, { a: [{ b: 2 }] }]);
  assert.deepEqual(values('[\n  {\n    "a": "} ]\\" {"\n  }\n]\n'), [{ a: '} ]" {' }]);
});

test("extra and missing commas, and masscan's old ending, are accepted", () => {
  assert.deepEqual(values('[\n{"a":1},\n,\n{"a":2}\n{"a":3},\n{finished: 1}\n]\n'), [
    { a: 1 },
    { a: 2 },
    { a: 3 },
    { finished: 1 },
  ]);
});

test("what is not an object is reported with its line, and the next one is read", () => {
  assert.deepEqual(
    read('oops and more\n{"a":1}\n{"a":}\n{"a":2}\n').map(({ kind, line }) => [kind, line]),
    [
      ["bad", 1],
      ["record", 2],
      ["bad", 3],
      ["record", 4],
    ],
  );
});

test("a list that was cut off in an object gives the objects before it, and reports the cut one", () => {
  assert.deepEqual(
    read('[\n{"a":1},\n{"a":').map(({ kind, line }) => [kind, line]),
    [
      ["record", 2],
      ["bad", 3],
    ],
  );
});

test("deeply nested or long values are not kept", () => {
  const deep = `${'{"a":['.repeat(40)}${"]}".repeat(40)}`;
  assert.deepEqual(
    read(`${deep}\n{"b":1}`).map(({ kind }) => kind),
    ["bad", "record"],
  );
  const long = `{"a":"${"x".repeat(maxRecordLength)}"}`;
  assert.deepEqual(
    read(`${long}\n{"b":1}`, 65_536).map(({ kind }) => kind),
    ["bad", "record"],
  );
});

test("any text is read without an exception, the same for any chunks, and returns every object of a list", () => {
  const piece = fc.constantFrom("{", "}", "[", "]", '"', "\\", ",", "\n", "a", ":", "1");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (parts, pieceLength) => {
      const text = parts.join("");
      assert.deepEqual(read(text, pieceLength), read(text));
    }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))),
      fc.boolean(),
      (objects, pretty) => {
        const text = JSON.stringify(objects, undefined, pretty ? 2 : 0);
        assert.deepEqual(values(text), JSON.parse(text));
      },
    ),
  );
});
