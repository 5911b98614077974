import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { readScanRecord } from "./parse.ts";

test("a line of a scan and a line of the known hosts are read", () => {
  equalFacts(readScanRecord({ address: "fd00::1", port: 22, state: "open", service: { name: "ssh" } }), {
    kind: "sightings",
    sightings: [{ address: "fd00::1", port: 22, service: { name: "ssh" } }],
  });
  const known = { address: "10.0.0.1", port: 80, lastSeen: "2023-11-14T22:13:20.000Z", name: "http", product: "nginx" };
  equalFacts(readScanRecord(known), {
    kind: "sightings",
    sightings: [
      { address: "10.0.0.1", port: 80, seenAt: 1_700_000_000_000, service: { name: "http", product: "nginx" } },
    ],
  });
});

test("a host on which every port answers gives no sightings", () => {
  equalFacts(readScanRecord({ address: "10.0.0.1", port: 0 }), { kind: "sightings", sightings: [] });
});

test("any value is read without an exception, and gives valid endpoints only", () => {
  const record = fc.record(
    {
      address: fc.constantFrom("10.0.0.1", "::1", "x"),
      port: fc.jsonValue(),
      service: fc.jsonValue(),
      state: fc.string(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), (value) => {
      const reading = readScanRecord(value);
      if (reading.kind !== "sightings") return;
      for (const { port } of reading.sightings) assert.ok(port >= 1 && port <= 65_535);
    }),
  );
});
