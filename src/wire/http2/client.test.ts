import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";

const curl = fixture(import.meta.url, "curl-prior-knowledge.bin");
const node = fixture(import.meta.url, "node-client.bin");
const preface = text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const emptySettings = hex("000000 04 00 00000000");
/** RFC 7541 appendix C.4.1: the first request with Huffman coding. */
const block = hex("828684418cf1e3c2e5f23a6ba0ab90f4ff");

function frame(type: number, flags: number, payload: Uint8Array): Uint8Array {
  return joined(Uint8Array.of(0, payload.length >> 8, payload.length & 255, type, flags, 0, 0, 0, 1), payload);
}

describe("http2", () => {
  test("curl and node send the request in their first header block", () => {
    const outcome = parse(curl);
    assert.ok(outcome.kind === "match" && outcome.complete);
    assert.deepEqual(outcome.value.request, {
      method: "GET",
      path: "/status?x=1",
      host: "127.0.0.1:32991",
      userAgent: "curl/7.88.1",
      version: "2",
      h2cUpgrade: false,
    });
    assert.ok(outcome.value.settings.length > 0);
    const other = parse(node);
    assert.ok(other.kind === "match");
    assert.equal(other.value.request?.path, "/node?x=y");
    assert.equal(other.value.request?.userAgent, "harbinger-fixture/1.0");
  });

  test("the preface alone is HTTP/2 that may still have more facts", () => {
    assert.deepEqual(parse(preface), { kind: "match", value: { settings: [], request: undefined }, complete: false });
  });

  test("settings are in wire order", () => {
    const outcome = parse(joined(preface, hex("00000c 04 00 00000000 0003 00000064 0004 00a00000")));
    assert.ok(outcome.kind === "match");
    assert.deepEqual(outcome.value.settings, [
      [3, 100],
      [4, 0xa00000],
    ]);
  });

  test("padding, priority and continuation frames are decoded", () => {
    const whole = frame(1, 0x04, block);
    const padded = frame(1, 0x2c, joined(hex("03 0000000010"), block, hex("000000")));
    const split = joined(frame(1, 0x00, block.subarray(0, 6)), frame(9, 0x04, block.subarray(6)));
    for (const headers of [whole, padded, split]) {
      const outcome = parse(joined(preface, emptySettings, headers));
      assert.ok(outcome.kind === "match" && outcome.complete);
      assert.equal(outcome.value.request?.host, "www.example.com");
      assert.equal(outcome.value.request?.method, "GET");
    }
  });

  test("a header block that cannot be decoded is HTTP/2 without a request", () => {
    const outcome = parse(joined(preface, emptySettings, frame(1, 0x04, hex("ffffffffffff"))));
    assert.ok(outcome.kind === "match" && outcome.complete && outcome.value.request === undefined);
  });

  test("another version of the protocol is something else", () => {
    assert.equal(parse(text("PRI * HTTP/2.1\r\n\r\n")).kind, "mismatch");
    assert.equal(parse(text("PROXY TCP4")).kind, "mismatch");
  });

  parserProperties(knownFacts(parse, ["request"]), {
    valid: [joined(preface, emptySettings, frame(1, 0x04, block))],
    streams: [curl, node],
  });
});
