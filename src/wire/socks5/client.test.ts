import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

/** Its request was sent after a server's answer. */
const curl = fixture(import.meta.url, "curl-connect.bin");
const greeting = curl.subarray(0, 5);
const request = curl.subarray(5);
const impatient = joined(hex("050102 01 05"), text("alice"), hex("06"), text("secret"), request);
const version6 = joined(hex("050100 05010004 20010db8000000000000000000000001 01bb"));

describe("socks5", () => {
  test("the greeting contains the methods that the client offers", () => {
    equalFacts(parse(greeting), match({ methods: ["none", "gssapi", "user-password"] }, false));
    equalFacts(parse(hex("05020002")), match({ methods: ["none", "user-password"] }, false));
  });

  test("a client that does not wait shows the user and the destination, but no password", () => {
    equalFacts(
      parse(impatient),
      match({
        methods: ["user-password"],
        user: "alice",
        command: "connect",
        destinationHost: "example.org",
        destinationPort: 80,
      }),
    );
    equalFacts(
      parse(version6),
      match({ methods: ["none"], command: "connect", destinationHost: "2001:db8:0:0:0:0:0:1", destinationPort: 443 }),
    );
  });

  test("no method, a method twice, and anything but SOCKS behind it are something else", () => {
    for (const other of ["0500", "05020000", "05010a", "050100 47", "05000b03 10000000"]) {
      assert.equal(parse(hex(other)).kind, "mismatch", other);
    }
  });

  test("after our answer a client shows the destination, or the user", () => {
    equalFacts(
      parse(curl),
      match({
        methods: ["none", "gssapi", "user-password"],
        command: "connect",
        destinationHost: "example.org",
        destinationPort: 80,
      }),
    );
    const login = joined(hex("050102 01 05"), text("alice"), hex("06"), text("secret"));
    equalFacts(parse(login), match({ methods: ["user-password"], user: "alice" }, false));
  });

  parserProperties(parse, { valid: [curl], streams: [impatient, version6] });
});
