import assert from "node:assert/strict";
import { test } from "node:test";
import { indented, outdented } from "./indented.ts";

test("indentation that all lines share is removed, differences between lines stay", () => {
  assert.equal(outdented("    first\n      second\n\n    third"), "first\n  second\n\nthird");
  assert.equal(outdented("  first\nsecond"), "  first\nsecond");
});

test("blank lines at the start and the end are removed", () => {
  assert.equal(outdented("\n \n  first\n  second\n\n"), "first\nsecond");
  assert.equal(outdented(" \n\n"), "");
  assert.equal(outdented(""), "");
});

test("outdented text can be indented again, and empty lines stay empty", () => {
  assert.equal(indented(outdented("  first\n\n  second"), 4), "    first\n\n    second");
});
