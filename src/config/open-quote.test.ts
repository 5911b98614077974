import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { parseYaml } from "./document.ts";
import { findOpenQuote } from "./open-quote.ts";

const errorsOf = (text: string) =>
  parseYaml(text).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);

test("a quote that is never closed is named by its own place", () => {
  const message = "this quote is never closed: write the closing quote behind the text";
  assert.deepEqual(errorsOf('watches:\n  lan: { targets: "192.168.1.0/24, ports: 22 }\n'), [`2:19 ${message}`]);
  assert.deepEqual(errorsOf("watches:\n  lan:\n    targets: '192.168.1.0/24\n    ports: 22\nemail: x\n"), [
    `3:14 ${message}`,
  ]);
  assert.deepEqual(errorsOf("\ufeffa: 'it''s\n"), [`1:4 ${message}`]);
  assert.deepEqual(errorsOf('a: "x\\"\nb: 1\n'), [`1:4 ${message}`]);
});

test("what was wrong before it is still reported", () => {
  assert.match(errorsOf('a: b: c\nd: "x\n').join("\n"), /^1:.*\n2:4 this quote/);
});

test("quotes in other texts, in comments and in blocks are none", () => {
  for (const text of [
    "a: it's\n",
    'a: 5" pipe\n',
    "# it's\na: 1\n",
    "a: |\n  'x\n  \"y\n",
    "a: 'it''s'\n",
    'a: "\\""\n',
  ])
    assert.equal(findOpenQuote(text), undefined, text);
});

test("a text that was written by a program has none", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))), (value) => {
      assert.equal(findOpenQuote(stringify(value)), undefined);
    }),
  );
});

test("any text is read to its end", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab'\"\\\n :-#{}[]|,") });
  fc.assert(
    fc.property(text, (source) => {
      const found = findOpenQuote(source);
      assert.ok(found === undefined || source[found] === "'" || source[found] === '"', source);
    }),
  );
});
