import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../core/address.ts";
import type { DeviceBrief } from "../../core/device.ts";
import { parseMac } from "../../core/device.ts";
import type { Discovery } from "../../core/discovery.ts";
import { discoveryGroupSchema } from "./discovery-group-schema.ts";
import { discoveryGroups } from "./discovery-groups.ts";

const address = (text: string) => parseAddress(text) ?? assert.fail(text);

function device(number: number): DeviceBrief {
  const mac = parseMac(`52:54:00:00:00:${String(number).padStart(2, "0")}`) ?? assert.fail();
  return { mac, randomised: false, approved: false, addresses: [] };
}

function discovery(id: number, more: Partial<Discovery> = {}): Discovery {
  return { id, watch: "lan", scanId: 1, kind: "changed", at: 1000 * id, firstScan: false, ...more };
}

const options = { limit: 10, isCut: false, joinsDevices: true };

test("what a scan found of one device at all of its addresses is one group, and leads to all of it", () => {
  const nas = device(10);
  const groups = discoveryGroups(
    [
      discovery(4, { device: nas, address: address("fd00::9"), port: 443 }),
      discovery(3, { device: nas, address: address("192.168.1.9"), port: 443 }),
      discovery(2, { device: nas, address: address("192.168.1.9"), port: 8443 }),
      discovery(1, { device: nas, address: address("192.168.1.9"), kind: "new" }),
    ],
    options,
  );
  assert.deepEqual(
    groups.map(({ latest, count, things, addresses, search }) => ({ id: latest.id, count, things, addresses, search })),
    [
      {
        id: 4,
        count: 3,
        things: 1,
        addresses: ["fd00::9", "192.168.1.9"],
        search: "kind:changed scan:1 mac:52:54:00:00:00:10",
      },
      { id: 1, count: 1, things: 1, addresses: ["192.168.1.9"], search: "kind:new scan:1 mac:52:54:00:00:00:10" },
    ],
  );
});

test("an address without a known device is a thing of its own", () => {
  const rows = [discovery(2, { address: address("192.168.1.9") }), discovery(1, { address: address("192.168.1.9") })];
  assert.equal(discoveryGroups(rows, options)[0]?.search, "kind:changed scan:1 address:192.168.1.9");
});

test("the same of more than three devices in one scan is one group, and of three it is not", () => {
  const of = (count: number) =>
    Array.from({ length: count }, (_, index) => discovery(90 - index, { device: device(index + 10) }));
  assert.deepEqual(
    discoveryGroups(of(4), options).map(({ count, things, search }) => ({ count, things, search })),
    [{ count: 4, things: 4, search: "kind:changed scan:1" }],
  );
  assert.equal(discoveryGroups(of(3), options).length, 3);
  assert.equal(discoveryGroups(of(4), { ...options, joinsDevices: false }).length, 4, "what is urgent stays apart");
});

test("what is behind a router is hosts and not devices", () => {
  const hosts = [1, 2, 3, 4].map((host) => discovery(90 - host, { address: address(`10.0.0.${host}`), port: 80 }));
  const areDevices = (rows: readonly Discovery[]) => discoveryGroups(rows, options).map((group) => group.areDevices);
  assert.deepEqual(areDevices(hosts), [undefined]);
  const known = hosts.map((host, index) => ({ ...host, device: device(index + 10) }));
  assert.deepEqual(areDevices(known), [true]);
  assert.deepEqual(areDevices([...known, discovery(1, { address: address("10.0.0.9") })]), [undefined]);
});

test("two scans are two moments", () => {
  const nas = device(10);
  const rows = [discovery(2, { device: nas, scanId: 2 }), discovery(1, { device: nas })];
  assert.equal(discoveryGroups(rows, options).length, 2);
});

test("where older discoveries were not read, the group that they may belong to says so", () => {
  const rows = [discovery(3, { scanId: 2 }), discovery(2, { address: address("::1") })];
  assert.deepEqual(
    discoveryGroups(rows, { ...options, isCut: true }).map(({ isPartial }) => isPartial),
    [undefined, true],
  );
});

test("no discovery is lost or counted twice, and the groups are in the order of their newest", () => {
  const any = fc.record({
    scanId: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom<Discovery["kind"]>("new", "changed", "scan-failed"),
    device: fc.option(fc.integer({ min: 10, max: 16 }).map(device), { nil: undefined }),
    address: fc.option(
      fc.integer({ min: 1, max: 9 }).map((host) => address(`192.168.1.${host}`)),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), fc.boolean(), (made, joinsDevices) => {
      const rows = made.map((each, index) => discovery(1000 - index, each));
      const groups = discoveryGroups(rows, { limit: 1000, isCut: false, joinsDevices });
      for (const group of groups) discoveryGroupSchema.parse(group);
      assert.equal(
        groups.reduce((sum, { count }) => sum + count, 0),
        rows.length,
      );
      const ids = groups.map(({ latest }) => latest.id);
      assert.deepEqual(
        ids,
        ids.toSorted((one, other) => other - one),
      );
    }),
  );
});
