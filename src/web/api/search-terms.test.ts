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

test("a word alone that is an address, a network or a range means the term of the list for addresses", () => {
  const terms = {
    port: { example: "port:443", filter: "port" },
    peer: { example: "peer:10.0.0.0/8", filter: "peer", isPlace: true as const, test: () => () => true },
  };
  const read = (q: string) =>
    readSearch(q, { terms, textsOf: (row: readonly string[]) => row, moment: { now: 0, timeZone: "UTC" } });
  for (const place of ["10.77.0.4", "10.77.0.0/24", "10.77.0.1-9", "fd00::1", "fd00::/8", "fe80::1%eth0"]) {
    assert.deepEqual(read(place).filters, { peer: place });
    assert.deepEqual(read(place).words, []);
    assert.equal(read(`NOT ${place}`).tests.length, 1);
  }
  for (const word of ['"10.77.0.4"', "10.77.0.", "10.77", "2001:", "x/24", '"10.77.0.0/33"', "62-88-26-88-c4-3e"])
    assert.deepEqual(read(word).filters, {}, word);
  for (const word of ["10.77.0.0/33", "fd00::/129", "NOT 10.77.0.0/33"])
    assert.throws(() => read(word), { message: /^q: .* is not a network: expected an address / });
});

test("a word alone that is a MAC address means the term of the list for them, however it is written", () => {
  const terms = { mac: { example: "mac:62:88:26:88:c4:3e", filter: "mac" } };
  const read = (q: string) =>
    readSearch(q, { terms, textsOf: (row: readonly string[]) => row, moment: { now: 0, timeZone: "UTC" } });
  for (const mac of ["62:88:26:88:c4:3e", "62-88-26-88-C4-3E", "6288.2688.c43e"])
    assert.deepEqual(read(mac).filters, { mac });
  for (const word of ["62882688c43e", '"62:88:26:88:c4:3e"', "62:88:26"]) assert.deepEqual(read(word).filters, {});
});
