import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const status = joined(hex("13 00 fd05 0c"), text("mc.example.o"), hex("63dd 01"));
const unknownVersion = joined(hex("10 00 ffffffff0f 06"), text("mc.net"), hex("63dd 02"));
const legacy = joined(
  hex("fe 01 fa 000b 004d0043007c00500069006e00670048006f00730074 000d 4a 0003 006d0063002e 000063dd"),
);

describe("minecraft", () => {
  test("the handshake contains the host that the client looks for", () => {
    assert.deepEqual(
      parse(status),
      match({ intent: "status", host: "mc.example.o", port: 25_565, protocolVersion: 765 }),
    );
    assert.deepEqual(
      parse(unknownVersion),
      match({ intent: "login", host: "mc.net", port: 25_565, protocolVersion: -1 }),
    );
  });

  test("a status request behind the handshake changes nothing", () => {
    assert.deepEqual(parse(joined(status, hex("0100"))), parse(status));
  });

  test("the ping of earlier clients is recognised", () => {
    assert.deepEqual(parse(hex("fe01")), match({ intent: "legacy-ping" }));
    assert.deepEqual(parse(legacy), match({ intent: "legacy-ping", host: "mc.", port: 25_565, protocolVersion: 74 }));
  });

  test("a length that is not exact is something else", () => {
    assert.equal(parse(status.with(0, 0x14)).kind, "mismatch");
    assert.equal(parse(joined(status.with(0, 0x14), hex("00"))).kind, "mismatch");
    assert.equal(parse(status.with(0, 0x12)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [status, unknownVersion], streams: [legacy] });
});
