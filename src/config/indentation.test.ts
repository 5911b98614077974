import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { findIndentationMistake } from "./indentation.ts";
import { initialConfig } from "./initial-config.ts";

function placeIn(...lines: string[]): string | undefined {
  const mistake = findIndentationMistake(`${lines.join("\n")}\n`);
  return mistake === undefined ? undefined : `${mistake.line}:${mistake.column} ${mistake.message}`;
}

describe("findIndentationMistake", () => {
  test("names the line that is indented more than its neighbours", () => {
    assert.match(
      placeIn("watches:", "  lan:", "    targets: 10.0.0.0/24", "     ports: 80") ?? "",
      /^4:6 .*deeper than line 3, which already has a value; begin it at column 5$/,
    );
    assert.match(placeIn("a:", "  - 1", "  - b: 1", "     c: 2") ?? "", /^4:6 .*begin it at column 5$/);
  });

  test("names the line that is indented less, and where it may begin", () => {
    assert.match(
      placeIn("watches:", "  lan:", "    targets: 10.0.0.0/24", "   ports: 80") ?? "",
      /^4:4 .*where no line above it begins; begin it at column 5 or 3 or 1$/,
    );
    assert.match(placeIn("a:", "  b:", "      - 1", "     - 2") ?? "", /^4:6 .*begin it at column 7 or 3 or 1$/);
    assert.match(placeIn("a:", " b: 1", "c: 1", "  d: 1") ?? "", /^4:3 /);
  });

  test("accepts lists at the column of their key, and text that continues over lines", () => {
    assert.equal(placeIn("a:", "- 1", "- b: 1", "  c: 1", "d:", "  - e"), undefined);
    assert.equal(
      placeIn("a: some", "  text", "b: |", "    x: 1", "  y: 2", "c: { d: 1,", "  e: 2 }", "f: 1"),
      undefined,
    );
    assert.equal(placeIn("- - 1", "  - 2", "- 3"), undefined);
    assert.equal(placeIn("a: &x", "  b: 1", "'c: d':", "  e: # f: g", "    h: i"), undefined);
  });

  test("names the bracket that is never closed", () => {
    assert.match(placeIn("a:", "  b: [1, 2", "  c: 3") ?? "", /^2:6 .*never closed$/);
    assert.equal(placeIn("a: [", "  1,", "]", "b: 2"), undefined);
  });

  test("finds nothing in valid text", () => {
    const text = initialConfig({ networks: [], leftOut: [], largeIpv6: [], decoyPorts: [2222] });
    assert.equal(findIndentationMistake(text), undefined);
  });

  test("accepts any text, and finds nothing in mappings and lists that a parser accepts", () => {
    const line = fc
      .tuple(fc.nat(4), fc.constantFrom("a:", "b: 1", "- c", "- d: 2", "-", "# x", "e: [1, 2]", ""))
      .map(([depth, text]) => " ".repeat(depth) + text);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join("\n");
        const isRight = parseDocument(text, { uniqueKeys: false, logLevel: "silent" }).errors.length === 0;
        if (isRight) assert.equal(findIndentationMistake(text), undefined, JSON.stringify(text));
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..." -:a#'\"[]{}|>&!\n\t\r"), maxLength: 80 }), (text) => {
        findIndentationMistake(text);
      }),
      { numRuns: 3000 },
    );
  });
});
