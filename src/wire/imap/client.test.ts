import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

describe("imap", () => {
  test("the first commands of curl and imapflow are named with their tags", () => {
    assert.deepEqual(parse(text("A001 CAPABILITY\r\n")), match({ tag: "A001", command: "CAPABILITY" }));
    assert.deepEqual(parse(text("1 CAPABILITY\r\n")), match({ tag: "1", command: "CAPABILITY" }));
  });

  test("LOGIN shows the user, but no password", () => {
    assert.deepEqual(
      parse(text("A002 LOGIN alice secret\r\n")),
      match({ tag: "A002", command: "LOGIN", user: "alice" }),
    );
    assert.deepEqual(
      parse(text('a login "al ice" "secret"\r\n')),
      match({ tag: "a", command: "LOGIN", user: "al ice" }),
    );
    assert.deepEqual(parse(text("a1 LOGIN {5} {6}\r\n")), match({ tag: "a1", command: "LOGIN" }));
  });

  test("AUTHENTICATE shows its mechanism, and ID the client", () => {
    assert.deepEqual(
      parse(text("a1 AUTHENTICATE PLAIN AGEAYg==\r\n")),
      match({ tag: "a1", command: "AUTHENTICATE", mechanism: "PLAIN" }),
    );
    assert.deepEqual(
      parse(text('a1 ID ("name" "Thunderbird" "version" "128")\r\n')),
      match({ tag: "a1", command: "ID", client: "Thunderbird 128" }),
    );
  });

  test("other text protocols are something else", () => {
    for (const line of [
      "USER LOGIN x\r\n",
      "GET /LIST HTTP/1.1\r\n",
      "a1 CAPABILITY x\r\n",
      "a1\r\n",
      "CAPABILITY\r\n",
    ]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, {
    valid: [text("A001 CAPABILITY\r\n"), text("1 LOGIN alice secret\r\n"), text("a ID NIL\r\n")],
  });
});

describe("imap, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("A001 CAPABILITY\r\n"), text("1 LOGIN alice secret\r\n"), text("a ID NIL\r\n")],
  }));
