import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { arpRequest, parseArp } from "./parse.ts";

const mac = parseMac("52:54:00:12:34:56");
const own = parseAddress("192.168.50.2");
const target = parseAddress("192.168.50.20");
assert.ok(mac !== undefined && own !== undefined && target !== undefined);
const request = arpRequest({ mac, address: own }, target);

test("a request is laid out as in RFC 826, and is read as one", () => {
  assert.equal(Buffer.from(request).toString("hex"), "0001080006040001525400123456c0a83202000000000000c0a83214");
  assert.deepEqual(parseArp(request), {
    operation: "request",
    senderMac: mac,
    senderAddress: own,
    targetAddress: target,
  });
});

test("a reply names who has the address", () => {
  const full = Buffer.from("0001080006040002b827eb000001c0a83214525400123456c0a83202", "hex");
  assert.deepEqual(parseArp(full), {
    operation: "reply",
    senderMac: "b8:27:eb:00:00:01",
    senderAddress: target,
    targetAddress: own,
  });
});

test("a packet cut short and other kinds of hardware are not ARP", () => {
  for (let length = 0; length < request.length; length++)
    assert.equal(parseArp(request.subarray(0, length)), undefined);
  for (const [at, byte] of [
    [1, 6],
    [2, 0x86],
    [4, 8],
    [7, 3],
  ] as const) {
    const other = Buffer.from(request);
    other[at] = byte;
    assert.equal(parseArp(other), undefined);
  }
});

test("any bytes are read without an exception", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void parseArp(bytes)));
});
