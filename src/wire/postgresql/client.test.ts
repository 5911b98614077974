import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";

const startup = fixture(import.meta.url, "psql-startup.bin");
/** A request for encryption, and what came after a server's refusal. */
const refused = fixture(import.meta.url, "psql-ssl-refused.bin");
const ssl = refused.subarray(0, 8);
const gss = hex("00000008 04d21630");
const cancel = hex("00000010 04d2162e 00000539 deadbeef");

describe("postgresql", () => {
  test("psql's start-up contains the user, the database and the program", () => {
    equalFacts(parse(startup), {
      kind: "match",
      value: { request: "startup", version: "3.0", user: "alice", database: "shop", applicationName: "inventory" },
      complete: true,
    });
  });

  test("the requests for encryption and for cancelling are distinguished", () => {
    equalFacts(parse(ssl), { kind: "match", value: { request: "ssl" }, complete: false });
    equalFacts(parse(gss), { kind: "match", value: { request: "gss-encryption" }, complete: false });
    equalFacts(parse(cancel), { kind: "match", value: { request: "cancel" }, complete: true });
  });

  test("the start-up after a request for encryption contains the user, the database and the program too", () => {
    const facts = { version: "3.0", user: "alice", database: "shop", applicationName: "inventory" };
    equalFacts(parse(refused), { kind: "match", value: { request: "ssl", ...facts }, complete: true });
    equalFacts(parse(joined(gss, startup)), {
      kind: "match",
      value: { request: "gss-encryption", ...facts },
      complete: true,
    });
  });

  test("other bytes after a request for encryption add nothing", () => {
    for (const following of [ssl, cancel, hex("16030100c8010000c4"), hex("0000000e 00030000 7573657200 61")]) {
      equalFacts(parse(joined(ssl, following)), { kind: "match", value: { request: "ssl" }, complete: true });
    }
  });

  test("a start-up that ends without its last NUL is something else", () => {
    assert.equal(parse(joined(hex("0000000e 00030000"), text("user\0a"))).kind, "mismatch");
  });

  test("other length-prefixed protocols are something else", () => {
    assert.equal(parse(hex("00000013 00120002 00000000 0009 696e76656e746f7279")).kind, "mismatch");
    assert.equal(parse(hex("000000a4 ff534d42")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [startup, refused, cancel], streams: [joined(gss, ssl)] });
});
