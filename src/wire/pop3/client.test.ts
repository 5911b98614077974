import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseCommand, parseExpected, parseUser } from "./client.ts";

// RFC 1939 section 7.
const apop = text("APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n");

describe("pop3", () => {
  test("CAPA and APOP are POP3", () => {
    assert.deepEqual(parse(text("CAPA\r\n")), match({ command: "CAPA" }));
    assert.deepEqual(parse(apop), match({ command: "APOP", user: "mrose" }));
  });

  test("USER alone may be FTP; the following lines decide", () => {
    assert.deepEqual(parse(text("USER bob\r\nPASS secret\r\n")), { kind: "incomplete" });
    assert.deepEqual(parse(text("USER bob\r\nPASS secret\r\nSTAT\r\n")), match({ command: "USER", user: "bob" }));
    assert.equal(parse(text("USER bob\r\nPASS secret\r\nPASV\r\n")).kind, "mismatch");
  });

  test("other protocols are something else", () => {
    for (const line of ["APOP mrose\r\n", "CAPA x\r\n", "CAPABILITY\r\n", "USER guest 0 * :Ronnie\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, {
    valid: [text("CAPA\r\n"), apop, text("STLS\r\n"), text("USER bob\r\nPASS secret\r\nUIDL\r\n")],
  });
});

describe("pop3, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("CAPA\r\n"), apop, text("STLS\r\n")],
    streams: [text("USER bob\r\nPASS secret\r\nUIDL\r\n")],
  }));

describe("pop3 by a command", () =>
  parserProperties(parseCommand, { valid: [text("CAPA\r\n"), apop, text("STLS\r\n")] }));

describe("pop3 by USER", () => parserProperties(parseUser, { valid: [text("USER bob\r\nPASS secret\r\nUIDL\r\n")] }));
