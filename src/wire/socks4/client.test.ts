import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const socks4 = fixture(import.meta.url, "curl-socks4.bin");
const socks4a = fixture(import.meta.url, "curl-socks4a.bin");
const withUser = fixture(import.meta.url, "node-socks4-user.bin");

describe("socks4", () => {
  test("the destination is read", () => {
    equalFacts(
      parse(socks4),
      match({ version: "4", command: "connect", destinationPort: 80, destinationHost: "192.0.2.7" }),
    );
    equalFacts(
      parse(withUser),
      match({ version: "4", command: "connect", destinationPort: 443, userId: "alice", destinationHost: "192.0.2.7" }),
    );
  });

  test("version 4a contains a name", () => {
    equalFacts(
      parse(socks4a),
      match({ version: "4a", command: "connect", destinationPort: 80, destinationHost: "example.org" }),
    );
  });

  test("an empty address, no port and binary text are something else", () => {
    assert.equal(parse(hex("04 01 0050 00000000 00")).kind, "mismatch");
    assert.equal(parse(hex("04 01 0000 c0000207 00")).kind, "mismatch");
    assert.equal(parse(hex("04 01 0050 c0000207 01ff00")).kind, "mismatch");
    assert.equal(parse(hex("04 00 0000 05 00000000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [socks4, socks4a, withUser] });
});
