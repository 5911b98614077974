import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { neighbourDumpRequest, neighbourStates, parseNeighbourDump } from "./parse.ts";

/** A reachable IPv4 entry and the end of the dump, as Linux 6.18 sent them on x86-64. */
const entry = Buffer.from(
  "4c0000001c00020001000000e76c000002000000040000000200000108000100c00002010a00020002fc000000050000" +
    "080004000100000014000300460a00003c0a0000b409000001000000",
  "hex",
);
const done = Buffer.from("140000000300020001000000e76c000000000000", "hex");

test("an entry has its address, MAC address, state and ages", () => {
  assert.deepEqual(parseNeighbourDump(Buffer.concat([entry, done])), {
    neighbours: [
      {
        interfaceIndex: 4,
        state: neighbourStates.reachable,
        isRouter: false,
        address: "192.0.2.1",
        mac: "02:fc:00:00:00:05",
        confirmedTicks: 2630,
        updatedTicks: 2484,
      },
    ],
    end: true,
  });
});

test("the router flag of neighbour discovery is read", () => {
  const router = Buffer.from(entry);
  router[26] = 0x80;
  assert.equal(parseNeighbourDump(router).neighbours[0]?.isRouter, true);
});

test("an entry cut short is left out, and the dump goes on", () => {
  for (let length = 0; length < entry.length; length++) {
    assert.deepEqual(parseNeighbourDump(entry.subarray(0, length)), { neighbours: [], end: false });
  }
});

test("a request is one message of netlink", () => {
  assert.equal(Buffer.from(neighbourDumpRequest()).readUInt32LE(), neighbourDumpRequest().length);
});

test("any bytes are read to their end and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(99), fc.nat(255), (noise, at, byte) => {
      parseNeighbourDump(noise);
      const changed = Buffer.concat([entry, entry, done]);
      changed[at] = byte;
      assert.ok(parseNeighbourDump(changed).neighbours.length <= 2);
    }),
  );
});
