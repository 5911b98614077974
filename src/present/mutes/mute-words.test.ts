import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, addressFromBigInt, parseAddress } from "../../core/address.ts";
import { parseRange } from "../../core/network.ts";
import { mutedOf, sourceText } from "./mute-words.ts";
import { mutedText } from "./muted-text.ts";

function sourceOf(text: string) {
  const range = parseRange(text);
  assert.ok(range !== undefined);
  const at = (value: bigint): Address => addressFromBigInt(value, range.family);
  return { kind: "source", first: at(range.first), last: at(range.last) } as const;
}

test("a muted source is shown as an address, a network or a range", () => {
  for (const text of ["192.0.2.7", "192.0.2.0/24", "2001:db8::/64", "192.0.2.1-192.0.2.9", "0.0.0.0/0", "::/0"])
    assert.equal(sourceText(sourceOf(text)), text);
  assert.equal(sourceText(sourceOf("192.0.2.0/31")), "192.0.2.0/31");
  assert.equal(sourceText(sourceOf("192.0.2.1-192.0.2.2")), "192.0.2.1-192.0.2.2");
});

test("what is shown of a source is read back as the same source", () => {
  const pair = fc.tuple(fc.ipV4(), fc.ipV4()).map((texts) => texts.flatMap((text) => parseAddress(text) ?? []));
  fc.assert(
    fc.property(pair, ([one, other]) => {
      const range = parseRange(`${one}-${other}`);
      if (range === undefined) return;
      const shown = sourceText(sourceOf(`${one}-${other}`));
      assert.deepEqual(parseRange(shown), range);
    }),
  );
});

test("a mute is named by what it silences", () => {
  const address = parseAddress("192.0.2.1");
  assert.ok(address !== undefined);
  assert.equal(mutedText({ kind: "host", address }), "host 192.0.2.1");
  assert.equal(mutedText({ kind: "host", address, port: 443 }), "host 192.0.2.1, port 443");
  assert.equal(mutedText(mutedOf(sourceOf("203.0.113.0/24"))), "connections from 203.0.113.0/24");
});
