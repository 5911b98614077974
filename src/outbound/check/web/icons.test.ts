import assert from "node:assert/strict";
import { test } from "node:test";
import { knownIcons, productOfIcon } from "./icons.ts";

test("every icon belongs to one product, and every product names the source of its icons", () => {
  const hashes = knownIcons.flatMap((icon) => icon.hashes);
  assert.equal(new Set(hashes).size, hashes.length);
  assert.equal(new Set(knownIcons.map(({ product }) => product)).size, knownIcons.length);
  for (const { product, package: source, hashes: own } of knownIcons) {
    assert.match(source, /^[a-z0-9.+-]+ [0-9][\w.~+-]*$/, product);
    assert.ok(own.length > 0 && own.every((hash) => hash === (hash | 0)), product);
    for (const hash of own) assert.equal(productOfIcon(hash), product);
  }
  assert.equal(productOfIcon(0), undefined);
});
