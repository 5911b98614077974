import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Address } from "../../../core/address.ts";
import { ipv4ToNumber } from "../../../core/address.ts";
import { parseArpTable } from "./neighbours.ts";

const header = "IP address       HW type     Flags       HW address            Mask     Device\n";

test("an entry is resolved once its MAC address is known", () => {
  const text = `${header}10.77.0.7        0x1         0x2         de:d5:84:21:7b:e0     *        v0
10.77.0.9        0x1         0x0         00:00:00:00:00:00     *        v0
10.77.0.8        0x1         0x6         de:d5:84:21:7b:e1     *        v0
`;
  const states = parseArpTable(text);
  const stateOf = (address: string) => states.get(ipv4ToNumber(address as Address));
  assert.deepEqual(["10.77.0.7", "10.77.0.9", "10.77.0.8", "10.77.0.1"].map(stateOf), [
    "resolved",
    "unresolved",
    "resolved",
    undefined,
  ]);
});

test("an address that one of two interfaces knows is resolved", () => {
  const lines = ["10.0.0.1 0x1 0x0 00:00:00:00:00:00 * v0", "10.0.0.1 0x1 0x2 de:d5:84:21:7b:e0 * v1"];
  for (const order of [lines, lines.toReversed()])
    assert.deepEqual([...parseArpTable(order.join("\n")).values()], ["resolved"]);
});

test("parsing any text ends, and returns only addresses", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      for (const [address] of parseArpTable(`${header}${text}`)) assert.ok(address >= 0 && address < 2 ** 32);
    }),
  );
});
