import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { icmp6Checksum } from "./checksum.ts";
import { echoRequestToAll, neighbourSolicitation } from "./encode.ts";
import { parseIcmp6Answer } from "./parse.ts";

const mac = parseMac("52:54:00:12:34:56");
const address = parseAddress("fe80::5054:ff:fe12:3456");
const target = parseAddress("fd00::ab:cdef");
assert.ok(mac !== undefined && address !== undefined && target !== undefined);
const sender = { address, mac };

/** An IPv6 packet with an ICMPv6 message from fd00::ab:cdef to the sender, its checksum filled in. */
function answer(message: string, hopLimit = 255): Buffer {
  const body = Buffer.from(message, "hex");
  const header = Buffer.from("600000000000" + "3aff" + "fd00000000000000000000000" + "0abcdef", "hex");
  header.writeUInt16BE(body.length, 4);
  header.writeUInt8(hopLimit, 7);
  const packet = Buffer.concat([header, Buffer.from("fe80000000000000505400fffe123456", "hex"), body]);
  packet.writeUInt16BE(icmp6Checksum(packet.subarray(8, 40), body), 42);
  return packet;
}

const advertised = "88000000e0000000" + "fd00000000000000000000000" + "0abcdef";

describe("an answer of neighbour discovery", () => {
  test("names the owner of an address and whether it routes", () => {
    assert.deepEqual(parseIcmp6Answer(answer(`${advertised}0201b827eb000001`)), {
      kind: "advertisement",
      source: target,
      destination: address,
      target,
      targetMac: "b8:27:eb:00:00:01",
      isRouter: true,
    });
  });

  test("may leave out the MAC address, as to a unicast question", () => {
    const parsed = parseIcmp6Answer(answer(advertised));
    assert.ok(parsed?.kind === "advertisement");
    assert.equal(parsed.targetMac, undefined);
  });

  test("counts only from the link itself, undamaged", () => {
    assert.equal(parseIcmp6Answer(answer(advertised, 254)), undefined);
    assert.equal(parseIcmp6Answer(answer(`${advertised}0200b827eb000001`)), undefined);
    const damaged = answer(advertised);
    damaged[50] = 0x77;
    assert.equal(parseIcmp6Answer(damaged), undefined);
  });

  test("may be an echo reply", () => {
    assert.deepEqual(parseIcmp6Answer(answer("8100000012340001")), {
      kind: "echo-reply",
      source: target,
      destination: address,
      identifier: 0x1234,
    });
  });
});

test("a question is sent to the group of its target, with a right checksum", () => {
  const { bytes, destination } = neighbourSolicitation(sender, target);
  assert.equal(destination, "33:33:ff:ab:cd:ef");
  assert.equal(Buffer.from(bytes).toString("hex", 24, 40), "ff0200000000000000000001ffabcdef");
  assert.equal(icmp6Checksum(bytes.subarray(8, 40), bytes.subarray(40)), 0);
  const echo = echoRequestToAll(sender, 0x1234);
  assert.equal(echo.destination, "33:33:00:00:00:01");
  assert.equal(icmp6Checksum(echo.bytes.subarray(8, 40), echo.bytes.subarray(40)), 0);
});

test("any bytes are read without an exception", () => {
  const whole = answer(`${advertised}0201b827eb000001`);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(whole.length), (noise, length) => {
      parseIcmp6Answer(noise);
      parseIcmp6Answer(Buffer.concat([whole.subarray(0, 40), noise]));
      if (length < whole.length) assert.equal(parseIcmp6Answer(whole.subarray(0, length)), undefined);
    }),
  );
});
