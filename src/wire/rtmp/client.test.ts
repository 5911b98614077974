import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const random = Uint8Array.from({ length: 1528 }, (_, at) => (at * 7 + 1) & 0xff);
const handshake = joined(hex("03 00000000 00000000"), random);
const body = joined(
  hex("02 0007"),
  text("connect"),
  hex("00 3ff0000000000000 03 0003"),
  text("app"),
  hex("02 0004"),
  text("live"),
  hex("0005"),
  text("tcUrl"),
  hex("02 0020"),
  text("rtmp://camera.example.org:1935/li"),
  hex("0008"),
  text("flashVer"),
  hex("02 000c"),
  text("LNX 9,0,124,2"),
  hex("000009"),
);
const chunks = joined(
  hex("03 000000"),
  Uint8Array.of(0, 0, body.length),
  hex("14 00000000"),
  body.subarray(0, 128),
  ...(body.length > 128 ? [hex("c3"), body.subarray(128)] : []),
);
const whole = joined(handshake, new Uint8Array(1536), chunks);

describe("rtmp", () => {
  test("the handshake alone is a match that waits for more", () => {
    assert.deepEqual(parse(handshake), match({}, false));
  });

  test("the application is read", () => {
    const outcome = parse(whole);
    assert.ok(outcome.kind === "match" && outcome.complete);
    assert.equal(outcome.value.application, "live");
    assert.equal(outcome.value.url, "rtmp://camera.example.org:1935/l");
  });

  test("RDP, which begins the same, is something else", () => {
    assert.equal(parse(hex("0300000b06e00000000000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [whole], runs: 50 });
});
