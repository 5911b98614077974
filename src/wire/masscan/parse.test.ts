import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { readMasscanLine, readMasscanRecord } from "./parse.ts";

const endpoint = { address: "10.0.0.1", port: 80 };

test("an object of -oJ gives its open TCP ports with their time", () => {
  const ports = [
    { port: 80, proto: "tcp", status: "open", reason: "syn-ack", ttl: 64 },
    { port: 81, proto: "tcp", status: "closed" },
    { port: 53, proto: "udp", status: "open" },
  ];
  equalFacts(readMasscanRecord({ ip: "10.0.0.1", timestamp: "1700000000", ports }), {
    kind: "sightings",
    sightings: [{ ...endpoint, seenAt: 1_700_000_000_000 }],
  });
});

test("a banner names the service, and a page title does not", () => {
  const record = (name: string) => ({
    ip: "10.0.0.1",
    ports: [{ port: 80, proto: "tcp", service: { name, banner: "x" } }],
  });
  equalFacts(readMasscanRecord(record("http")), {
    kind: "sightings",
    sightings: [{ ...endpoint, service: { name: "http" } }],
  });
  equalFacts(readMasscanRecord(record("title")), { kind: "sightings", sightings: [endpoint] });
});

test("the end of the list is not a host", () => {
  equalFacts(readMasscanRecord({ finished: 1 }), { kind: "nothing" });
});

test("lines of -oL are read, comments and closed ports are skipped", () => {
  equalFacts(readMasscanLine("open tcp 80 10.0.0.1 1700000000"), {
    kind: "sightings",
    sightings: [{ ...endpoint, seenAt: 1_700_000_000_000 }],
  });
  equalFacts(readMasscanLine("banner tcp 80 10.0.0.1 1700000000 http HTTP/1.0 200 OK"), {
    kind: "sightings",
    sightings: [{ ...endpoint, seenAt: 1_700_000_000_000, service: { name: "http" } }],
  });
  equalFacts(readMasscanLine("#masscan"), { kind: "nothing" });
  equalFacts(readMasscanLine("closed tcp 80 10.0.0.1 1700000000"), { kind: "sightings", sightings: [] });
  assert.equal(readMasscanLine("open tcp 99999 10.0.0.1 1").kind, "bad");
  assert.equal(readMasscanLine("open tcp 80 host 1").kind, "bad");
});

test("any value and any line are read without an exception, and give valid endpoints only", () => {
  const word = fc.constantFrom("open", "tcp", "80", "0", "10.0.0.1", "fd00::1", "1700000000", "banner", "x");
  const ports = fc.array(
    fc.record(
      { port: fc.oneof(fc.integer(), fc.string()), proto: word, status: word, service: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  );
  const record = fc.record({ ip: fc.oneof(word, fc.string()), timestamp: fc.jsonValue(), ports }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), fc.array(fc.oneof(word, fc.string())), (value, words) => {
      for (const reading of [readMasscanRecord(value), readMasscanLine(words.join(" "))]) {
        if (reading.kind !== "sightings") continue;
        for (const { port } of reading.sightings) assert.ok(port >= 1 && port <= 65_535);
      }
    }),
  );
});
