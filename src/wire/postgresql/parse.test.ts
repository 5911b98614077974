import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./parse.ts";

const startup = fixture(import.meta.url, "psql-startup.bin");
const ssl = fixture(import.meta.url, "psql-ssl.bin");
const cancel = hex("00000010 04d2162e 00000539 deadbeef");

describe("postgresql", () => {
  test("psql's start-up names the user, the database and the program", () => {
    assert.deepEqual(parse(startup), {
      kind: "match",
      value: { request: "startup", version: "3.0", user: "alice", database: "shop", applicationName: "inventory" },
      complete: true,
    });
  });

  test("the requests for encryption and for cancelling are told apart", () => {
    assert.deepEqual(parse(ssl), { kind: "match", value: { request: "ssl" }, complete: true });
    assert.deepEqual(parse(hex("00000008 04d21630")), {
      kind: "match",
      value: { request: "gss-encryption" },
      complete: true,
    });
    assert.deepEqual(parse(cancel), { kind: "match", value: { request: "cancel" }, complete: true });
  });

  test("a start-up that ends without its last NUL is something else", () => {
    assert.equal(parse(joined(hex("0000000e 00030000"), text("user\0a"))).kind, "mismatch");
  });

  test("other length-prefixed protocols are something else", () => {
    assert.equal(parse(hex("00000013 00120002 00000000 0009 696e76656e746f7279")).kind, "mismatch");
    assert.equal(parse(hex("000000a4 ff534d42")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [startup, ssl, cancel] });
});
