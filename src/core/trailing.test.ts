import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutTrailing } from "./trailing.ts";

test("only the characters at the end are removed", () => {
  assert.equal(withoutTrailing("\na\n\nb\n\n", "\n"), "\na\n\nb");
  assert.equal(withoutTrailing("value \t ", " \t"), "value");
  assert.equal(withoutTrailing("///", "/"), "");
  assert.equal(withoutTrailing("", "/"), "");
});
