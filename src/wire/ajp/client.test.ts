import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const cping = hex("1234 0001 0a");
const forward = forwardRequest("/index.jsp");

/** A GET of `uri` from 192.0.2.7 for example.org, without headers. */
function forwardRequest(uri: string): Uint8Array {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    return [bytes.length >> 8, bytes.length & 0xff, ...bytes, 0];
  };
  const body = [
    2,
    2,
    ...text("HTTP/1.1"),
    ...text(uri),
    ...text("192.0.2.7"),
    0xff,
    0xff,
    ...text("example.org"),
    ...hex("0050 00 0000 ff"),
  ];
  return Uint8Array.from([0x12, 0x34, body.length >> 8, body.length & 0xff, ...body]);
}

describe("ajp", () => {
  test("a forwarded request contains the request", () => {
    assert.deepEqual(
      parse(forward),
      match({
        packet: "forward-request",
        method: "GET",
        uri: "/index.jsp",
        remoteAddress: "192.0.2.7",
        serverName: "example.org",
      }),
    );
  });

  test("a ping is read", () => {
    assert.deepEqual(parse(cping), match({ packet: "cping" }));
  });

  test("TDS, which begins the same, is something else", () => {
    assert.equal(parse(hex("1201 005e 0000 0100")).kind, "mismatch");
    assert.equal(parse(hex("1234 0002 0a00")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [cping, forward] });
});
