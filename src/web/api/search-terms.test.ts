import assert from "node:assert/strict";
import { test } from "node:test";
import { readSearch } from "./search-terms.ts";

test("the texts of a row are made once for all words, and only if the other terms fit", () => {
  let made = 0;
  const textsOf = (row: { readonly texts: readonly string[] }) => {
    made += 1;
    return row.texts;
  };
  const terms = { plain: { example: "plain", isFlag: true as const, test: () => (row: object) => !("odd" in row) } };
  const passes = (q: string, row: { readonly texts: readonly string[]; readonly odd?: true }) => {
    made = 0;
    const { tests } = readSearch(q, { terms, textsOf, moment: { now: 0, timeZone: "UTC" } });
    return tests.every((each) => each(row));
  };
  const row = { texts: ["One Two", "three"] };
  assert.equal(passes("one TWO thr NOT four NOT five NOT six", row), true);
  assert.equal(made, 1);
  assert.equal(passes("one NOT Three", row), false);
  assert.equal(passes("onetwo", row), false);
  assert.equal(passes("NOT four plain", row), true);
  assert.equal(passes("NOT four plain", { ...row, odd: true }), false);
  assert.equal(made, 0);
});
