import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const check = text("CHECK SPAMC/1.5\r\nUser: alice\r\nContent-length: 4\r\n\r\n");

describe("spamd", () => {
  test("the command and the user are read", () => {
    equalFacts(parse(check), match({ command: "CHECK", version: "1.5", user: "alice" }));
    equalFacts(parse(text("PING SPAMC/1.2\r\n")), match({ command: "PING", version: "1.2" }));
  });

  test("Redis and HTTP are something else", () => {
    for (const line of ["PING\r\n", "REPORT / HTTP/1.1\r\n", "PING hello\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, { valid: [check] });
});
