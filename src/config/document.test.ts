import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseYaml } from "./document.ts";

/** The data with ordinary prototypes, to compare. */
function dataOf(text: string): unknown {
  const { root, errors } = parseYaml(text);
  assert.deepEqual(errors, []);
  return JSON.parse(JSON.stringify({ root })).root;
}

function errorsOf(text: string): string[] {
  return parseYaml(text).errors.map((error) => `${error.line}:${error.column} ${error.message}`);
}

describe("parseYaml", () => {
  test("reads booleans as the earlier tool's files write them", () => {
    const text = "a: yes\nb: No\nc: on\nd: OFF\ne: True\nf: 'yes'\ng: y";
    assert.deepEqual(dataOf(text), { a: true, b: false, c: true, d: false, e: true, f: "yes", g: "y" });
  });

  test("leaves times, dates, octal numbers and the like as text", () => {
    const text = "a: 14:30\nb: 2026-01-01\nc: 022\nd: 1_000\ne: 1e5\nf: 0x1f";
    const expected = { a: "14:30", b: "2026-01-01", c: "022", d: "1_000", e: "1e5", f: "0x1f" };
    assert.deepEqual(dataOf(text), expected);
    assert.deepEqual(dataOf(`%YAML 1.1\n---\n${text}`), expected);
  });

  test("treats an empty value as a missing key", () => {
    const { root } = parseYaml("a:\nb: ~\nc: null");
    assert.deepEqual({ ...(root as object) }, { a: undefined, b: undefined, c: undefined });
  });

  test("uses the text of a key, whatever it would mean as a value", () => {
    assert.deepEqual(dataOf("on: 1\n22: 2\nnull: 3"), { on: 1, 22: 2, null: 3 });
  });

  test("follows aliases and merges, and the section's own keys take precedence", () => {
    const text = "x: &x {port: 1, label: a}\ny: {<<: *x, label: b}\nz: {<<: [{q: 1}, {q: 2, r: 3}]}";
    assert.deepEqual(dataOf(text), {
      x: { port: 1, label: "a" },
      y: { port: 1, label: "b" },
      z: { q: 1, r: 3 },
    });
  });

  test("reads a byte order mark and Windows line ends, with the right columns", () => {
    const document = parseYaml("\ufeffa:\r\n  b: 1\r\n");
    assert.deepEqual(document.locate(["a", "b"], "key"), { line: 2, column: 3 });
    assert.deepEqual(document.locate(["a", "b"], "value"), { line: 2, column: 6 });
    assert.deepEqual(document.locate(["a"], "key"), { line: 1, column: 1 });
  });

  test("points at the nearest part above a missing key", () => {
    const document = parseYaml("a:\n  b:\n    c: 1\n");
    assert.deepEqual(document.locate(["a", "b", "missing"], "value"), { line: 2, column: 3 });
  });

  test("points into the anchor for a key that was merged from it", () => {
    const document = parseYaml("x: &x\n  port: 1\ny:\n  <<: *x\n");
    assert.deepEqual(document.locate(["y", "port"], "value"), { line: 2, column: 9 });
  });

  test("reports the place of a duplicate key", () => {
    assert.deepEqual(errorsOf("a: 1\nb: 2\na: 3"), ["3:1 this key is given twice in the same section"]);
  });

  test("explains errors with tabs, unclosed brackets and quotes, and unknown anchors", () => {
    assert.match(errorsOf("a:\n\tb: 1").join(), /^2:1 a tab in the indentation/);
    assert.match(errorsOf("a: [1").join(), /never closed/);
    assert.match(errorsOf("a: 'x").join(), /closing quote/);
    assert.match(errorsOf("a: *b").join(), /^1:4 there is no anchor of this name/);
    assert.match(errorsOf("a: 1\n---\nb: 2").join(), /more than one document/);
  });

  test("never quotes a value in an error", () => {
    for (const text of [
      "p: *hunter2",
      "p: !hunter2 x",
      "p: 'hunter2",
      "p: hunter2: x",
      'p: "\\hunter2"',
      "p: @hunter2",
    ]) {
      assert.ok(errorsOf(text).length > 0, text);
      assert.doesNotMatch(errorsOf(text).join(), /hunter2/, text);
    }
  });

  test("rejects multiplying aliases and endless nesting", () => {
    const laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++) laughs.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`);
    assert.match(errorsOf(laughs.join("\n")).join(), /aliases expand to too many values/);
    assert.match(errorsOf("a: &a [*a]").join(), /nested too deeply/);
    assert.match(errorsOf("[".repeat(50_000)).join(), /nested too deeply/);
  });

  test("rejects keys that would change prototypes", () => {
    assert.match(errorsOf("__proto__: {a: 1}").join(), /plain key/);
    assert.deepEqual(dataOf("constructor: 1\ntoString: 2"), { constructor: 1, toString: 2 });
  });

  test("reads any text without throwing, and every error has a place", () => {
    const fragments = fc.constantFrom(
      ..."a: b- [],{}&*!|>'\"%@`?#~\n\t\r <<:".split(""),
      "\n  ",
      "a: ",
      "&a ",
      "*a",
      "---\n",
      "x",
    );
    const yamlish = fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), yamlish), (text) => {
        const document = parseYaml(text);
        for (const error of document.errors) assert.ok(error.line >= 1 && error.column >= 1);
        const place = document.locate(["a", 0, "b"], "value");
        assert.ok(place.line >= 1 && place.column >= 1);
      }),
      { numRuns: 500 },
    );
  });
});

test("an alias refers to the nearest anchor of its name before it, and many of them take linear time", () => {
  assert.deepEqual(dataOf("a: &x 1\nb: *x\nc: &x 2\nd: *x\n"), { a: 1, b: 1, c: 2, d: 2 });
  const before = process.threadCpuUsage();
  const aliases = parseYaml(`a: &a x\nb:\n${"  - *a\n".repeat(20_000)}`);
  const tags = parseYaml(`a: ${"!x ".repeat(20_000)}`);
  const { user, system } = process.threadCpuUsage(before);
  assert.deepEqual(aliases.errors, []);
  assert.ok(tags.errors.length > 0);
  // Each took more than 20 seconds when the whole file was searched for each alias, and the whole line for each error.
  assert.ok(user + system < 6_000_000, `${(user + system) / 1000} ms`);
});

test("a file that is nested too deeply, or whose aliases grow past the limit, is an error with its place", () => {
  const levels = Array.from(
    { length: 20 },
    (_, level) => `a${level + 1}: &a${level + 1} [${Array(10).fill(`*a${level}`)}]`,
  );
  for (const [text, message] of [
    [`a: ${"[".repeat(500)}${"]".repeat(500)}`, "the file is nested too deeply"],
    [`a: ${"{<<: ".repeat(500)}{x: 1}${"}".repeat(500)}`, "the file is nested too deeply"],
    [`a0: &a0 [x]\n${levels.join("\n")}`, "the aliases expand to too many values"],
  ] as const) {
    const error = parseYaml(text).errors.find((one) => one.message === message);
    assert.ok(error !== undefined && error.line >= 1 && error.column > 1, message);
  }
});
