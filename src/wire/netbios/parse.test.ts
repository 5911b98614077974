import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { hostNameOfStatus, nodeStatusRequest, parseNodeStatus } from "./parse.ts";

function entry(name: string, suffix: number, flags: number): Buffer {
  const bytes = Buffer.alloc(18, 0x20);
  bytes.write(name, "latin1");
  bytes.writeUInt8(suffix, 15);
  bytes.writeUInt16BE(flags, 16);
  return bytes;
}

function response(names: readonly Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([names.length]),
    ...names,
    Buffer.from("001132000010", "hex"),
    Buffer.alloc(40),
  ]);
  const head = Buffer.from(`12348400000000010000000020434b${"41".repeat(30)}000021000100000000`, "hex");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([head, length, body]);
}

const nas = response([
  entry("WORKGROUP", 0x00, 0x8400),
  entry("NAS", 0x20, 0x0400),
  entry("NAS", 0x00, 0x0400),
  entry("IS~NAS", 0x00, 0x0400),
]);

describe("a node status response", () => {
  test("has the names, their kinds and the MAC address", () => {
    const status = parseNodeStatus(nas);
    assert.equal(status?.id, 0x1234);
    assert.equal(status?.mac, "00:11:32:00:00:10");
    assert.deepEqual(status?.names[0], { name: "WORKGROUP", suffix: 0, isGroup: true, isActive: true });
    assert.equal(status?.names.length, 4);
  });

  test("names the host, not its workgroup", () => {
    assert.equal(hostNameOfStatus(parseNodeStatus(nas) ?? assert.fail()), "NAS");
    const server = response([entry("WORKGROUP", 0x00, 0x8400), entry("12345", 0x20, 0x0400)]);
    assert.equal(hostNameOfStatus(parseNodeStatus(server) ?? assert.fail()), "12345");
    const conflicting = response([entry("NAS", 0x00, 0x0c00)]);
    assert.equal(hostNameOfStatus(parseNodeStatus(conflicting) ?? assert.fail()), undefined);
  });

  test("is rejected if it is cut inside the names, or is a question", () => {
    for (let length = 0; length < 57 + 4 * 18; length++)
      assert.equal(parseNodeStatus(nas.subarray(0, length)), undefined);
    assert.equal(parseNodeStatus(nodeStatusRequest(1)), undefined);
  });

  test("is read without an exception, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(nas.length - 1), fc.nat(255), (noise, at, byte) => {
        parseNodeStatus(noise);
        parseNodeStatus(Buffer.concat([nas.subarray(0, 56), noise]));
        const changed = Buffer.from(nas);
        changed[at] = byte;
        const status = parseNodeStatus(changed);
        if (status !== undefined) hostNameOfStatus(status);
      }),
    );
  });
});

test("a request is for the names of any host", () => {
  const hex = Buffer.from(nodeStatusRequest(0xabcd)).toString("hex");
  assert.equal(hex, `abcd0000000100000000000020434b${"41".repeat(30)}0000210001`);
});
