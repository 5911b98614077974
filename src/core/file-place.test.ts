import assert from "node:assert/strict";
import { test } from "node:test";
import { placeProblem } from "./file-place.ts";

test("a path that no file can have is rejected with the reason", () => {
  for (const text of ["reports", "./a/b.c", "/var/log/x", "C:\\x", "ü".repeat(127), " ", "-rf", "a\nb"]) {
    assert.equal(placeProblem(text), undefined, text);
  }
  assert.match(placeProblem("a\0b") ?? "", /NUL/);
  assert.match(placeProblem("ü".repeat(128)) ?? "", /255 bytes/);
  assert.match(placeProblem(`a/${"b".repeat(256)}/c`) ?? "", /255 bytes/);
  assert.match(placeProblem("ab/".repeat(2000)) ?? "", /4000 bytes/);
});
