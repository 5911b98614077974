import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readWatchyourlanHost } from "./parse.ts";

const seen = new Date(2026, 0, 31, 8, 0, 0).getTime();

test("a row of its table and an object of its interface give the same", () => {
  const device = {
    mac: "b8:27:eb:00:00:10",
    firstSeen: seen,
    lastSeen: seen,
    name: "The NAS",
    names: [{ name: "nas.lan", source: "dns" }],
    vendor: "Raspberry Pi Foundation",
    approved: true,
    addresses: [{ address: "192.168.50.10", firstSeen: seen, lastSeen: seen }],
  };
  const row = {
    ID: 1,
    NAME: "The NAS",
    DNS: "nas.lan.",
    IFACE: "eth0",
    IP: "192.168.50.10",
    MAC: "b8:27:eb:00:00:10",
    HW: "Raspberry Pi Foundation",
    DATE: "2026-01-31 08:00:00",
    KNOWN: 1,
    NOW: 1,
  };
  assert.deepEqual(readWatchyourlanHost(row), { kind: "device", device });
  const object = Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  assert.deepEqual(readWatchyourlanHost(object), { kind: "device", device });
});

test("a host without a MAC address or a time is read", () => {
  assert.equal(readWatchyourlanHost({ MAC: "x", DATE: "2026-01-31 08:00:00" }).kind, "bad");
  assert.equal(readWatchyourlanHost({ MAC: "b8:27:eb:00:00:10", DATE: "yesterday" }).kind, "bad");
});

test("a host is approved where KNOWN is 1 or true, as a number or as text", () => {
  const host = { MAC: "b8:27:eb:00:00:10", DATE: "2026-01-31 08:00:00" };
  const isApproved = (KNOWN: unknown) => {
    const reading = readWatchyourlanHost({ ...host, KNOWN });
    assert.ok(reading.kind === "device");
    return reading.device.approved;
  };
  for (const known of [1, "1", " 1 ", true, "true", "TRUE"]) assert.equal(isApproved(known), true, String(known));
  for (const known of [0, "0", false, null, undefined, 2, "", { toString: 1 }, [1]])
    assert.equal(isApproved(known), false);
});

test("any object is read without an exception", () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom("02:00:00:00:00:20", "2026-01-31 08:00:00", "10.0.0.1", 1, null, true, { toString: 1 }),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      fc.record({ MAC: cell, name: cell, IP: cell, Date: cell, known: cell }, { requiredKeys: [] }),
      (value) => {
        const reading = readWatchyourlanHost(value);
        if (reading.kind === "device") assert.ok(Number.isFinite(reading.device.lastSeen));
      },
    ),
  );
});
