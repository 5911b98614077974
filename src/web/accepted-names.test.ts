import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedNames } from "./accepted-names.ts";

test("names are accepted without their parameters, and not with q=0", () => {
  assert.deepEqual(acceptedNames("text/HTML;level=1, application/xml;q=0.9,*/*; q=0.8"), [
    "text/html",
    "application/xml",
    "*/*",
  ]);
  for (const zero of ["q=0", " q=0.", "Q=0.000", "q = 0", "q=0;x=1", "x=1; q=0"])
    assert.deepEqual(acceptedNames(`br;${zero}, gzip`), ["gzip"], zero);
  assert.deepEqual(acceptedNames("br;q=0.001"), ["br"]);
  assert.deepEqual(acceptedNames(["br", "gzip"]), ["br", "gzip"]);
  assert.deepEqual(acceptedNames(undefined), [""]);
});
