import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineSplitter, maxLineLength, type TextLine } from "./parse.ts";

function split(pieces: readonly string[]): readonly TextLine[] {
  const splitter = new LineSplitter();
  return [...pieces.flatMap((piece) => splitter.write(piece)), ...splitter.end()];
}

test("lines are numbered from 1 and returned without their ends, including the last one", () => {
  assert.deepEqual(split(["a\r\nb", "c\n\nd"]), [
    { kind: "line", line: 1, text: "a" },
    { kind: "line", line: 2, text: "bc" },
    { kind: "line", line: 3, text: "" },
    { kind: "line", line: 4, text: "d" },
  ]);
});

test("a line past the limit is read without its text, and the next one is read", () => {
  const long = "x".repeat(maxLineLength / 2 + 1);
  assert.deepEqual(split([long, long, "\nshort\n"]), [
    { kind: "too-long", line: 1 },
    { kind: "line", line: 2, text: "short" },
  ]);
});

test("for any chunks the lines are those of the complete text", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "\n", "\r", "é") })), (pieces) => {
      const expected = pieces.join("").split("\n");
      if (expected.at(-1) === "") expected.pop();
      assert.deepEqual(
        split(pieces).map((line) => (line.kind === "line" ? line.text : undefined)),
        expected.map((line) => line.replace(/\r$/, "")),
      );
    }),
  );
});
