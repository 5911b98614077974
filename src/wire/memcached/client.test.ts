import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parseBinary } from "./binary.ts";
import { parse } from "./client.ts";
import { parseText } from "./text.ts";

const binaryGet = fixture(import.meta.url, "memjs-get.bin");
const version = hex("80 0b 0000 00 00 0000 00000000 00000000 0000000000000000");

describe("memcached", () => {
  test("text commands name the command and the first key", () => {
    equalFacts(parse(text("stats\r\n")), match({ encoding: "text", command: "stats" }));
    equalFacts(parse(text("stats items\r\n")), match({ encoding: "text", command: "stats", key: "items" }));
    equalFacts(parse(text("get session user\r\n")), match({ encoding: "text", command: "get", key: "session" }));
    equalFacts(
      parse(text("set session 0 900 5\r\nhello\r\n")),
      match({ encoding: "text", command: "set", key: "session" }),
    );
  });

  test("meta commands are distinguished", () => {
    equalFacts(parse(text("mg session t f v\r\n")), match({ encoding: "meta", command: "mg", key: "session" }));
    equalFacts(parse(text("mn\r\n")), match({ encoding: "meta", command: "mn" }));
  });

  test("the binary protocol names the command and the key", () => {
    equalFacts(parse(binaryGet), match({ encoding: "binary", command: "get", key: "session" }));
    equalFacts(parse(version), match({ encoding: "binary", command: "version" }));
  });

  test("other protocols with the same beginning are something else", () => {
    for (const line of ["GET / HTTP/1.0\r\n", "get /\r\n", "version 1\r\n", "set x\r\n", "STATS\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
    // ONC RPC and an SSLv2 ClientHello begin with 0x80 too.
    assert.equal(parse(hex("80000028 72fe1d13 00000000 00000002 000186a0 0001977c")).kind, "mismatch");
    assert.equal(parse(hex("802e0100 02001500 00001007 00c00300 80010080 06004002")).kind, "mismatch");
  });

  parserProperties(parse, {
    valid: [binaryGet, version, text("stats\r\n"), text("get a b\r\n"), text("set session 0 900 5\r\nhello\r\n")],
  });
});

describe("memcached in binary", () => parserProperties(parseBinary, { valid: [binaryGet, version] }));

describe("memcached in text", () =>
  parserProperties(parseText, {
    valid: [text("stats\r\n"), text("get a b\r\n"), text("set session 0 900 5\r\nhello\r\n")],
  }));
