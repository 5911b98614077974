import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

const registration = text("CAP LS 302\r\nPASS secret\r\nNICK wiz\r\nUSER guest 0 * :Ronnie Reagan\r\n");

describe("irc", () => {
  test("a registration shows nickname, user and name, but no password", () => {
    assert.deepEqual(parse(registration), match({ nickname: "wiz", user: "guest", realName: "Ronnie Reagan" }));
    assert.deepEqual(parse(text("NICK wiz\n")), match({ nickname: "wiz" }));
  });

  test("PASS alone says nothing yet", () => {
    assert.equal(parse(text("PASS secret\r\n")).kind, "incomplete");
  });

  test("FTP, POP3 and Redis are something else", () => {
    for (const line of ["USER anonymous\r\n", "CAPA\r\n", "PING\r\n", "NICK 1 2\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, {
    valid: [text("NICK wiz\r\n"), text("USER guest 0 * :Ronnie\r\n")],
    streams: [registration],
  });
});

describe("irc, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("NICK wiz\r\n"), text("USER guest 0 * :Ronnie\r\n")],
    streams: [registration],
  }));
