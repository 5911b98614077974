import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "../../../test/notify/manual-clock.ts";
import { type Address, parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { silentLog } from "../../core/log.ts";
import { DeviceLookup, type DevicesOf } from "./device-lookup.ts";

const address: Address = parseAddress("192.168.50.66") ?? assert.fail();
const mac = parseMac("a6:5e:60:12:34:56") ?? assert.fail();
const phone = { name: "Anna's phone", vendor: "Apple", mac };

function lookup(devicesOf: DevicesOf) {
  const clock = new ManualClock();
  return { clock, devices: new DeviceLookup({ devicesOf, deadlineMs: 2000, clock, log: silentLog }) };
}

describe("the device of a peer", () => {
  test("is cached for a minute", async () => {
    let asked = 0;
    const { clock, devices } = lookup(async () => {
      asked += 1;
      return [phone];
    });
    assert.deepEqual([await devices.find(address), await devices.find(address), asked], [[phone], [phone], 1]);
    clock.advance(60_001);
    assert.deepEqual([await devices.find(address), asked], [[phone], 2]);
    assert.equal(clock.sleepers, 0);
  });

  test("is not waited for past its time limit, and a failure counts as unknown", async () => {
    const { promise: never } = Promise.withResolvers<readonly []>();
    const slow = lookup(() => never);
    const answer = slow.devices.find(address);
    slow.clock.advance(2000);
    assert.deepEqual(await answer, []);
    const broken = lookup(() => Promise.reject(new Error("the disk is gone")));
    assert.deepEqual(await broken.devices.find(address), []);
  });
});
