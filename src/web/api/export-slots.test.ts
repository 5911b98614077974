import assert from "node:assert/strict";
import { test } from "node:test";
import { ExportSlots } from "./export-slots.ts";

test("one account has two exports at once, from whatever addresses, and leaves some for others", () => {
  const slots = new ExportSlots();
  const first = slots.take({ account: "ann", address: "192.0.2.1" });
  assert.ok(typeof first === "object");
  assert.equal(typeof slots.take({ account: "ann", address: "192.0.2.2" }), "object");
  assert.equal(slots.take({ account: "ann", address: "192.0.2.3" }), "own");
  assert.equal(typeof slots.take({ account: "bob", address: "192.0.2.1" }), "object");
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(typeof slots.take({ account: "ann", address: "192.0.2.3" }), "object");
  assert.equal(slots.take({ account: "ann", address: "192.0.2.3" }), "own");
});

test("one address has four, whoever is logged in there, and all together six", () => {
  const slots = new ExportSlots();
  for (const account of ["a", "b", "c", "d"])
    assert.equal(typeof slots.take({ account, address: "192.0.2.1" }), "object", account);
  assert.equal(slots.take({ account: "e", address: "192.0.2.1" }), "own");
  for (const address of ["192.0.2.2", "192.0.2.3"])
    assert.equal(typeof slots.take({ account: "e", address }), "object", address);
  assert.equal(slots.take({ account: "f", address: "192.0.2.4" }), "all");
});

test("without accounts an address counts as one", () => {
  const slots = new ExportSlots();
  const take = (address: string) => slots.take({ account: "", address });
  assert.equal(typeof take("127.0.0.1"), "object");
  assert.equal(typeof take("127.0.0.1"), "object");
  assert.equal(take("127.0.0.1"), "own");
  assert.equal(typeof take("127.0.0.2"), "object");
});
