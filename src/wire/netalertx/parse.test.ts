import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hasDeviceColumns, readNetalertxDevice } from "./parse.ts";

const first = new Date(2024, 8, 25, 14, 30, 22).getTime();
const last = new Date(2026, 0, 31, 8, 0, 0).getTime();

test("a row with the current names and one with the former names give the same", () => {
  const device = {
    mac: "b8:27:eb:00:00:10",
    firstSeen: first,
    lastSeen: last,
    name: "The NAS",
    names: [],
    vendor: "Raspberry Pi Foundation",
    approved: true,
    addresses: [{ address: "192.168.50.10", firstSeen: last, lastSeen: last }],
  };
  const [since, until] = ["2024-09-25 14:30:22", "2026-01-31 08:00:00"];
  const present = {
    devMac: "B8:27:EB:00:00:10",
    devName: "The NAS",
    devVendor: "Raspberry Pi Foundation",
    devFirstConnection: since,
    devLastConnection: until,
    devLastIP: "192.168.50.10",
    devIsNew: 0,
  };
  assert.deepEqual(readNetalertxDevice(present), { kind: "device", device });
  const former = {
    dev_MAC: "b8:27:eb:00:00:10",
    dev_Name: "The NAS",
    dev_Vendor: "Raspberry Pi Foundation",
    dev_FirstConnection: since,
    dev_LastConnection: until,
    dev_LastIP: "192.168.50.10",
    dev_NewDevice: "0",
  };
  assert.deepEqual(readNetalertxDevice(former), { kind: "device", device });
});

test("a name that the program found by itself is not the owner's, and a placeholder is not a name", () => {
  const row = { devMac: "02:00:00:00:00:20", devFirstConnection: "2026-01-31T08:00:00+00:00", devIsNew: 1 };
  const found = readNetalertxDevice({ ...row, devName: "pixel-8.lan", devNameSource: "NSLOOKUP" });
  assert.ok(found.kind === "device");
  assert.deepEqual(
    [found.device.name, found.device.names, found.device.approved],
    [undefined, [{ name: "pixel-8.lan", source: "dns" }], false],
  );
  assert.equal(found.device.firstSeen, Date.UTC(2026, 0, 31, 8));
  const none = readNetalertxDevice({ ...row, devName: "(name not found)", devVendor: "(unknown)" });
  assert.ok(none.kind === "device");
  assert.deepEqual([none.device.name, none.device.vendor], [undefined, undefined]);
});

test("the row of the internet is not a device, and one without a MAC address or a time is an error", () => {
  assert.deepEqual(readNetalertxDevice({ devMac: "Internet" }), { kind: "nothing" });
  assert.equal(readNetalertxDevice({ devMac: "somewhere", devFirstConnection: "2026-01-31 08:00:00" }).kind, "bad");
  assert.equal(readNetalertxDevice({ devMac: "02:00:00:00:00:20" }).kind, "bad");
});

test("the first line of an export is recognised by its columns", () => {
  assert.ok(hasDeviceColumns('"devMac","devName","devOwner"'));
  assert.ok(hasDeviceColumns("dev_MAC;dev_Name"));
  assert.ok(!hasDeviceColumns("name,address"));
});

test("any row is read without an exception", () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom("02:00:00:00:00:20", "2026-01-31 08:00:00", "10.0.0.1", 0, null),
    fc.jsonValue(),
  );
  const row = fc.record(
    { devMac: cell, devName: cell, devLastIP: cell, devFirstConnection: cell, devIsNew: cell },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(row, fc.string(), (value, line) => {
      const reading = readNetalertxDevice(value);
      if (reading.kind === "device")
        assert.ok(Number.isFinite(reading.device.firstSeen) && reading.device.firstSeen <= reading.device.lastSeen);
      hasDeviceColumns(line);
    }),
  );
});
