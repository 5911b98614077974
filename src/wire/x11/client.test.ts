import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// As xdpyinfo sends it.
const bare = hex("6c00 0b00 0000 0000 0000 0000");
const cookie = joined(
  hex("4200 000b 0000 0012 0010 0000"),
  text("MIT-MAGIC-COOKIE-1"),
  hex("0000"),
  new Uint8Array(16),
);

describe("x11", () => {
  test("both byte orders are read", () => {
    equalFacts(parse(bare), match({ byteOrder: "little", version: "11.0" }));
    equalFacts(parse(cookie), match({ byteOrder: "big", version: "11.0", authorization: "MIT-MAGIC-COOKIE-1" }));
  });

  test("text and a frame of Cassandra are something else", () => {
    assert.equal(parse(text("list\r\n")).kind, "mismatch");
    assert.equal(parse(hex("4200 0000 0100 0000 8d00")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [bare, cookie] });
});
