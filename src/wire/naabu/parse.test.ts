import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { readNaabuRecord } from "./parse.ts";

test("a line has the name that was scanned, the address, the port and the time", () => {
  const line = {
    host: "web.lan",
    ip: "10.0.0.1",
    timestamp: "2023-11-14T22:13:20.123456789Z",
    port: 443,
    protocol: "tcp",
    tls: false,
  };
  equalFacts(readNaabuRecord(line), {
    kind: "sightings",
    sightings: [{ address: "10.0.0.1", port: 443, hostname: "web.lan", seenAt: 1_700_000_000_123 }],
  });
});

test("the nested port of older versions is read, and an address is not a name", () => {
  equalFacts(readNaabuRecord({ host: "10.0.0.1", ip: "10.0.0.1", port: { Port: 22, Protocol: 0, TLS: false } }), {
    kind: "sightings",
    sightings: [{ address: "10.0.0.1", port: 22 }],
  });
  equalFacts(readNaabuRecord({ ip: "10.0.0.1", port: { Port: 53, Protocol: 1 } }), {
    kind: "sightings",
    sightings: [],
  });
});

test("any value is read without an exception, and gives valid endpoints only", () => {
  const record = fc.record(
    { host: fc.string(), ip: fc.constantFrom("10.0.0.1", "::1", "x"), port: fc.jsonValue(), timestamp: fc.string() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), (value) => {
      const reading = readNaabuRecord(value);
      if (reading.kind !== "sightings") return;
      for (const { port } of reading.sightings) assert.ok(port >= 1 && port <= 65_535);
    }),
  );
});
