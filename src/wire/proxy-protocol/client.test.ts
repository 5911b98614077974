import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";

const signature = "0d0a0d0a000d0a515549540a";
const v1 = text("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n");
const v1Six = text("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n");
const v1Unknown = text("PROXY UNKNOWN whatever it says\r\n");
const v2 = hex(`${signature} 21 11 000c c0000201 c6336402 dc04 01bb`);
const v2Six = hex(
  `${signature} 21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 0001 ffff`,
);
/** With one TLV after the addresses: PP2_TYPE_AUTHORITY `a.b`. */
const v2Authority = hex(`${signature} 21 11 0012 c0000201 c6336402 dc04 01bb 020003 612e62`);
const local = hex(`${signature} 20 00 0000`);
const unix = hex(`${signature} 21 31 00d8 ${"2f".repeat(216)}`);

const source = { address: "192.0.2.1", port: 56324 };
const destination = { address: "198.51.100.2", port: 443 };

describe("proxy protocol", () => {
  test("both versions contain the same connection", () => {
    const expected = { source, destination };
    assert.deepEqual(parse(v1), { kind: "match", value: { version: 1, ...expected, headerBytes: 45 }, complete: true });
    assert.deepEqual(parse(v2), { kind: "match", value: { version: 2, ...expected, headerBytes: 28 }, complete: true });
    assert.deepEqual(parse(v2Authority), {
      kind: "match",
      value: { version: 2, ...expected, headerBytes: 34 },
      complete: true,
    });
  });

  test("IPv6 addresses are canonical", () => {
    for (const header of [v1Six, v2Six]) {
      const outcome = parse(header);
      assert.ok(outcome.kind === "match");
      assert.deepEqual(outcome.value.source, { address: "2001:db8::1", port: 1 });
      assert.deepEqual(outcome.value.destination, { address: "2001:db8::2", port: 65535 });
    }
  });

  test("a proxy's own connection, or one over a UNIX socket, has no address", () => {
    for (const header of [v1Unknown, local, unix]) {
      const outcome = parse(header);
      assert.ok(outcome.kind === "match" && outcome.complete);
      assert.equal(outcome.value.source, undefined);
      assert.equal(outcome.value.headerBytes, header.length);
    }
  });

  test("a header that breaks the rules is rejected", () => {
    const broken = [
      "PROXY TCP4 192.0.2.1 198.51.100.2 56324 65536\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.2 056324 443\r\n",
      "PROXY TCP4 2001:db8::1 198.51.100.2 1 2\r\n",
      "PROXY TCP6 192.0.2.1 2001:db8::1 1 2\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n",
      "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n",
      "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
      `PROXY UNKNOWN ${"x".repeat(107)}\r\n`,
      "PROXYTCP4",
    ];
    for (const line of broken) assert.equal(parse(text(line)).kind, "mismatch", line);
    for (const tail of ["1111000c", "2211000c", "2141000c", "2113000c", "211100040a000001"]) {
      assert.equal(parse(hex(signature + tail)).kind, "mismatch", tail);
    }
  });

  test("every IPv4 connection is read back from either version", () => {
    const octets = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));
    const port = fc.integer({ min: 0, max: 65535 });
    fc.assert(
      fc.property(octets, octets, port, port, (from, to, fromPort, toPort) => {
        const line = text(`PROXY TCP4 ${from.join(".")} ${to.join(".")} ${fromPort} ${toPort}\r\n`);
        const binary = Buffer.concat([hex(`${signature}2111000c`), Uint8Array.from([...from, ...to]), Buffer.alloc(4)]);
        binary.writeUInt16BE(fromPort, binary.length - 4);
        binary.writeUInt16BE(toPort, binary.length - 2);
        for (const header of [line, binary]) {
          const outcome = parse(header);
          assert.ok(outcome.kind === "match" && outcome.complete);
          assert.deepEqual(outcome.value.source, { address: from.join("."), port: fromPort });
          assert.deepEqual(outcome.value.destination, { address: to.join("."), port: toPort });
        }
      }),
    );
  });

  parserProperties(knownFacts(parse), {
    valid: [v1, v1Six, v1Unknown, v2, v2Six, v2Authority, local, unix],
  });
});
