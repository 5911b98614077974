import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { devicesAndAddress, devicesText } from "./peer-device.ts";

const address = parseAddress("192.168.50.66") ?? assert.fail();
const mac = parseMac("a6:5e:60:12:34:56") ?? assert.fail();
const phone = { name: "Anna's phone", vendor: "Apple", mac };

test("the device of a peer is shown by its name, else by its vendor, else by its MAC address", () => {
  assert.equal(devicesAndAddress([phone], address), "Anna's phone (192.168.50.66)");
  assert.equal(devicesAndAddress([{ vendor: "Apple", mac }], address), "192.168.50.66 (Apple)");
  assert.equal(devicesAndAddress([{ mac }], address), `192.168.50.66 (${mac})`);
  assert.equal(devicesText([phone]), `Anna's phone, Apple, MAC ${mac}`);
  assert.equal(devicesText([{ name: "a\nDevice: b\u202e", mac }]), `a Device: b., MAC ${mac}`);
});

test("of several devices at the address of a peer all are named, and none is taken for the peer", () => {
  const other = { mac: parseMac("00:11:32:00:00:10") ?? assert.fail() };
  const [third, fourth] = ["00:11:32:00:00:11", "00:11:32:00:00:12"].map((text) => ({
    mac: parseMac(text) ?? assert.fail(),
  }));
  assert.equal(devicesAndAddress([], address), undefined);
  assert.equal(
    devicesAndAddress([phone, other], address),
    `192.168.50.66 (used by two devices: ${mac}, 00:11:32:00:00:10)`,
  );
  assert.equal(
    devicesText([phone, other]),
    `one of two devices that use this address: Anna's phone, Apple, MAC ${mac}; MAC 00:11:32:00:00:10`,
  );
  const four = [phone, other, third ?? assert.fail(), fourth ?? assert.fail()];
  assert.equal(
    devicesAndAddress(four, address),
    `192.168.50.66 (used by 4 devices: ${mac}, 00:11:32:00:00:10, 00:11:32:00:00:11 and 1 more)`,
  );
});
