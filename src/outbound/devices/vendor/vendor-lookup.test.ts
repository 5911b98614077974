import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Mac, parseMac } from "../../../core/device.ts";
import { VendorLookup } from "./vendor-lookup.ts";

function mac(text: string): Mac {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const registry = fileURLToPath(import.meta.resolve("oui-data"));

describe("the vendor of a MAC address", () => {
  const lookup = new VendorLookup();

  test("is the holder of its first six digits", () => {
    assert.equal(lookup.vendorOf(mac("b8:27:eb:00:00:01")), "Raspberry Pi Foundation");
    assert.equal(lookup.vendorOf(mac("00:00:00:00:00:01")), "XEROX CORPORATION");
  });

  test("is the holder of the longest registered prefix", () => {
    assert.equal(lookup.vendorOf(mac("70:b3:d5:00:10:01")), "SOREDI touch systems GmbH");
    assert.equal(lookup.vendorOf(mac("70:b3:d5:00:20:01")), "Gogo BA");
  });

  test("is unknown if the registry names itself, or the holder is private", () => {
    const entries: Record<string, string> = JSON.parse(readFileSync(registry, "utf8"));
    const hidden = Object.keys(entries).filter((key) => key.length === 6 && entries[key]?.startsWith("Private"));
    assert.ok(hidden.length > 0);
    for (const prefix of hidden.slice(0, 5)) assert.equal(lookup.vendorOf(mac(`${prefix}000001`)), undefined);
  });

  test("is unknown for a randomised address, and the hypervisor for a virtual machine", () => {
    assert.equal(lookup.vendorOf(mac("da:a1:19:00:00:01")), undefined);
    assert.equal(lookup.vendorOf(mac("52:54:00:12:34:56")), "QEMU/KVM virtual machine");
    assert.equal(lookup.vendorOf(mac("08:00:27:12:34:56")), "VirtualBox virtual machine");
  });

  test("is unknown if the registry's file is missing or invalid", () => {
    assert.equal(new VendorLookup({ file: "/nowhere" }).vendorOf(mac("b8:27:eb:00:00:01")), undefined);
    assert.equal(new VendorLookup({ file: process.execPath }).vendorOf(mac("b8:27:eb:00:00:01")), undefined);
    assert.equal(new VendorLookup({ file: import.meta.filename }).vendorOf(mac("b8:27:eb:00:00:01")), undefined);
  });
});

test("every 97th entry of the registry is found: the file is sorted as the search requires", () => {
  const lookup = new VendorLookup();
  const entries: Record<string, string> = JSON.parse(readFileSync(registry, "utf8"));
  const keys = Object.keys(entries).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const tried = [...keys.filter((_, at) => at % 97 === 0), ...keys.slice(-3), ...keys.slice(0, 3)];
  const isLocal = (key: string) => (Number.parseInt(key.slice(0, 2), 16) & 2) !== 0;
  const extendedBy = new Set(keys.filter((key) => key.length > 6).map((key) => key.slice(0, 6)));
  for (const key of tried) {
    if (isLocal(key) || (key.length === 6 && extendedBy.has(key))) continue;
    const expected = entries[key]?.split("\n", 1)[0]?.trim();
    const found = lookup.vendorOf(mac(key.padEnd(12, "0")));
    if (found === undefined) assert.match(expected ?? "", /^(?:private|ieee registration authority)$/i, key);
    else if (!found.endsWith("virtual machine")) assert.equal(found.slice(0, 20), expected?.slice(0, 20), key);
  }
});
