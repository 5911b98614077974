import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

describe("ftp", () => {
  test("USER shows the name, and PASS is only named", () => {
    equalFacts(parse(text("USER anonymous\r\n")), match({ command: "USER", user: "anonymous" }));
    equalFacts(
      parse(text("USER admin\r\nPASS hunter2\r\nSYST\r\n")),
      match({ command: "USER", user: "admin", following: ["PASS", "SYST"] }),
    );
  });

  test("a request for encryption shows which", () => {
    equalFacts(parse(text("AUTH SSL\r\n")), match({ command: "AUTH", mechanism: "SSL" }));
  });

  test("POP3, IRC, SMTP, Redis and HTTP are something else", () => {
    for (const lines of [
      "USER bob\r\nPASS x\r\nSTAT\r\n",
      "USER bob\r\nPASS x\r\nUIDL\r\n",
      "USER guest 0 * :Ronnie\r\n",
      "AUTH PLAIN AGEAYg==\r\n",
      "AUTH hunter2\r\n",
      "RETRO / HTTP/1.1\r\n",
    ]) {
      assert.equal(parse(text(lines)).kind, "mismatch", lines);
    }
  });

  parserProperties(parse, {
    valid: [text("USER anonymous\r\n"), text("AUTH TLS\r\n"), text("FEAT\n")],
    streams: [text("USER admin\r\nPASS hunter2\r\nPASV\r\n")],
  });
});

describe("ftp, on a port where it is expected", () =>
  parserProperties(parseExpected, {
    valid: [text("USER anonymous\r\n"), text("AUTH TLS\r\n"), text("FEAT\n")],
    streams: [text("USER admin\r\nPASS hunter2\r\nPASV\r\n")],
  }));
