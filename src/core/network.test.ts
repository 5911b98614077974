import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressFromBigInt, parseAddress } from "./address.ts";
import {
  type AddressRange,
  AddressSet,
  formatRange,
  mergeRanges,
  parseRange,
  rangeSize,
  subtractRanges,
} from "./network.ts";

function range(text: string): AddressRange {
  const parsed = parseRange(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test("single addresses, networks and ranges are read", () => {
  assert.equal(formatRange(range("10.0.0.7")), "10.0.0.7");
  assert.equal(formatRange(range("10.0.0.7/24")), "10.0.0.0-10.0.0.255");
  assert.equal(formatRange(range("10.0.0.1-50")), "10.0.0.1-10.0.0.50");
  assert.equal(formatRange(range("10.0.0.1-10.0.1.7")), "10.0.0.1-10.0.1.7");
  assert.equal(formatRange(range("fd00::1-fd00::ff")), "fd00::1-fd00::ff");
  assert.equal(rangeSize(range("10.0.0.0/8")), 1n << 24n);
  assert.equal(rangeSize(range("0.0.0.0/0")), 1n << 32n);
  assert.equal(rangeSize(range("fd00::/64")), 1n << 64n);
});

test("invalid ranges are rejected: backwards, mixed families, too long a prefix", () => {
  for (const text of [
    "10.0.0.50-1",
    "10.0.0.1-fd00::1",
    "10.0.0.0/33",
    "fd00::/129",
    "10.0.0.0/",
    "/8",
    "-",
    "10.0.0.1-300",
    "10.0.0.1-010",
    "host",
    "10.0.0.1-",
  ]) {
    assert.equal(parseRange(text), undefined, text);
  }
});

test("reading a range never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseRange(text)));
  fc.assert(fc.property(fc.stringMatching(/^[0-9a-f:./%-]{0,40}$/), (text) => void parseRange(text)));
});

const small = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30 }), fc.constantFrom<4 | 6>(4, 6))
  .map(([first, length, family]): AddressRange => ({ family, first: BigInt(first), last: BigInt(first + length) }));

function members(ranges: readonly AddressRange[]): Set<string> {
  const all = new Set<string>();
  for (const one of ranges) for (let value = one.first; value <= one.last; value++) all.add(`${one.family} ${value}`);
  return all;
}

test("merging keeps all members, and subtracting removes exactly the excluded ones", () => {
  fc.assert(
    fc.property(fc.array(small, { maxLength: 8 }), fc.array(small, { maxLength: 8 }), (ranges, excluded) => {
      assert.deepEqual(members(mergeRanges(ranges)), members(ranges));
      const holes = members(excluded);
      const expected = new Set([...members(ranges)].filter((member) => !holes.has(member)));
      assert.deepEqual(members(subtractRanges(ranges, excluded)), expected);
    }),
  );
});

test("a set contains its members and no others", () => {
  fc.assert(
    fc.property(
      fc.array(small, { maxLength: 8 }),
      fc.integer({ min: 0, max: 240 }),
      fc.constantFrom<4 | 6>(4, 6),
      (ranges, value, family) => {
        const set = new AddressSet(ranges);
        assert.equal(set.has(addressFromBigInt(BigInt(value), family)), members(ranges).has(`${family} ${value}`));
      },
    ),
  );
  assert.equal(new AddressSet([]).isEmpty, true);
  const address = parseAddress("255.255.255.255");
  assert.ok(address !== undefined);
  assert.equal(new AddressSet([range("240.0.0.0/4")]).has(address), true);
});
