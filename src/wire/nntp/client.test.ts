import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse, parseExpected } from "./client.ts";

const reader = text("MODE READER\r\n");
const login = text("AUTHINFO USER bob\r\nAUTHINFO PASS s3cret\r\n");

describe("nntp", () => {
  test("the command, the user and the group are read, and no password", () => {
    assert.deepEqual(parse(reader), match({ command: "MODE READER" }));
    assert.deepEqual(parse(text("GROUP comp.lang.c\r\n")), match({ command: "GROUP", group: "comp.lang.c" }));
    assert.deepEqual(parse(login), match({ command: "AUTHINFO USER", user: "bob", following: ["AUTHINFO PASS"] }));
    assert.deepEqual(findSecrets(login, identify(login)), [{ start: 33, end: 39, text: "s3cret" }]);
  });

  test("commands shared with other protocols count where news is expected", () => {
    for (const line of ["QUIT\r\n", "STARTTLS\r\n", "DATE\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
      assert.equal(identify(text(line), "nntp").protocol, "nntp", line);
    }
    for (const line of ["MODE S\r\n", "MODE bob +i\r\n", "GROUP BY\r\n", "LIST\r\n", "CHECK table\r\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, { valid: [reader], streams: [login] });
});

describe("nntp, on a port where it is expected", () =>
  parserProperties(parseExpected, { valid: [reader], streams: [login] }));
