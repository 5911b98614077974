import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isRandomised, isUnicastMac, type Mac, parseMac } from "./device.ts";

function mac(text: string): Mac {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

describe("parseMac", () => {
  test("reads every notation as the same address, so that no device is there twice", () => {
    for (const text of [
      "52:54:00:0A:34:56",
      "52-54-00-0a-34-56",
      "5254.000a.3456",
      "5254000A3456",
      "52:54:0:a:34:56 ",
    ]) {
      assert.equal(parseMac(text), "52:54:00:0a:34:56");
    }
  });

  test("rejects anything else", () => {
    for (const text of ["", "52:54:00:12:34", "52:54:00:12:34:5g", "52:54:00:12:34:56:78", "(incomplete)", "1.2.3"]) {
      assert.equal(parseMac(text), undefined);
    }
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseMac(text);
        assert.ok(parsed === undefined || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(parsed));
      }),
    );
  });
});

test("a locally administered address is randomised, that of a virtual machine is not", () => {
  assert.equal(isRandomised(mac("da:a1:19:00:00:01")), true);
  assert.equal(isRandomised(mac("52:54:00:12:34:56")), false);
  assert.equal(isRandomised(mac("b8:27:eb:00:00:01")), false);
});

test("group addresses and zeros are not devices", () => {
  assert.equal(isUnicastMac(mac("01:00:5e:00:00:fb")), false);
  assert.equal(isUnicastMac(mac("ff:ff:ff:ff:ff:ff")), false);
  assert.equal(isUnicastMac(mac("00:00:00:00:00:00")), false);
  assert.equal(isUnicastMac(mac("b8:27:eb:00:00:01")), true);
});
