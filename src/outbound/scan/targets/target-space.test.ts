import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, addressFromBigInt, parseAddress } from "../../../core/address.ts";
import { type AddressRange, mergeRanges, parseRange } from "../../../core/network.ts";
import { countAddresses, TargetSpace } from "./target-space.ts";

function spaceOf(...texts: string[]): TargetSpace {
  return new TargetSpace(mergeRanges(texts.flatMap((text) => parseRange(text) ?? [])));
}

function all(space: TargetSpace): Address[] {
  return Array.from({ length: space.size }, (_, index) => space.addressAt(index));
}

test("addresses of several ranges are numbered in order", () => {
  const space = spaceOf("10.0.0.254-10.0.1.1", "192.168.0.1", "fd00::fffe-fd00::1:1");
  assert.deepEqual(all(space), [
    "10.0.0.254",
    "10.0.0.255",
    "10.0.1.0",
    "10.0.1.1",
    "192.168.0.1",
    "fd00::fffe",
    "fd00::ffff",
    "fd00::1:0",
    "fd00::1:1",
  ]);
});

test("the address is dialled, in any range of either family", () => {
  const anyRange = fc
    .tuple(
      fc.constantFrom<4 | 6>(4, 6),
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
      fc.bigInt({ min: 0n, max: 1n << 50n }),
    )
    .map(([family, start, length]): AddressRange => {
      const end = (1n << (family === 4 ? 32n : 128n)) - 1n;
      const first = start & end;
      const last = first + length > end ? end : first + length;
      return { family, first, last };
    });
  fc.assert(
    fc.property(
      fc.array(anyRange, { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (ranges, where) => {
        const merged = mergeRanges(ranges);
        const space = new TargetSpace(merged);
        assert.equal(BigInt(space.size), countAddresses(merged));
        const index = Math.floor(where * space.size);
        let rest = BigInt(index);
        const range = merged.find((candidate) => {
          const size = candidate.last - candidate.first + 1n;
          if (rest < size) return true;
          rest -= size;
          return false;
        });
        assert.ok(range !== undefined);
        const expected = parseAddress(addressFromBigInt(range.first + rest, range.family));
        assert.equal(parseAddress(space.addressAt(index)), expected);
        assert.equal(parseAddress(space.hostAt(index)), expected);
      },
    ),
  );
});

test("addresses of one /24 or /64 share a network, those of another do not", () => {
  const space = spaceOf("10.0.0.0/23", "fd00::/120", "fd00:0:0:1::/120");
  const networks = Array.from({ length: space.size }, (_, index) => space.networkKeyAt(index));
  assert.equal(new Set(networks).size, 4);
  assert.equal(networks[0], networks[255]);
  assert.notEqual(networks[255], networks[256]);
});

test("each host has its own number, the same in another scan", () => {
  const wide = spaceOf("10.0.0.0/22", "fd00::/120");
  const keys = Array.from({ length: wide.size }, (_, index) => wide.hostKeyAt(index));
  assert.equal(new Set(keys).size, wide.size);
  const narrow = spaceOf("10.0.1.7");
  assert.equal(narrow.hostKeyAt(0), keys[256 + 7]);
});
