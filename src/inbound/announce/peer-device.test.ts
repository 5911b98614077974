import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { deviceAndAddress, deviceText } from "./peer-device.ts";

const address = parseAddress("192.168.50.66") ?? assert.fail();
const mac = parseMac("a6:5e:60:12:34:56") ?? assert.fail();
const phone = { name: "Anna's phone", vendor: "Apple", mac };

test("the device of a peer is shown by its name, else by its vendor, else by its MAC address", () => {
  assert.equal(deviceAndAddress(phone, address), "Anna's phone (192.168.50.66)");
  assert.equal(deviceAndAddress({ vendor: "Apple", mac }, address), "192.168.50.66 (Apple)");
  assert.equal(deviceAndAddress({ mac }, address), `192.168.50.66 (${mac})`);
  assert.equal(deviceText(phone), `Anna's phone, Apple, MAC ${mac}`);
  assert.equal(deviceText({ name: "a\nDevice: b\u202e", mac }), `a Device: b., MAC ${mac}`);
});
