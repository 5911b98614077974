import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse, parseExpected } from "./client.ts";

const list = text("LIST VAR rack1\n");
const login = text("USERNAME upsmon\nPASSWORD s3cret\nLOGIN rack1\n");

describe("Network UPS Tools", () => {
  test("the command, the UPS and the user are read, and no password", () => {
    equalFacts(parse(list), match({ command: "LIST VAR", ups: "rack1" }));
    equalFacts(parse(login), match({ command: "USERNAME", ups: "rack1", user: "upsmon" }));
    equalFacts(findSecrets(login, identify(login)), [{ start: 25, end: 31, text: "s3cret" }]);
  });

  test("commands shared with other protocols count where upsd is expected: upsc begins with STARTTLS", () => {
    assert.equal(parse(text("STARTTLS\n")).kind, "mismatch");
    equalFacts(identify(text("STARTTLS\n"), "nut").nut, { command: "STARTTLS" });
    for (const line of ["GET key\r\n", "LIST\r\n", "LIST ACTIVE\r\n", "list var x\n"]) {
      assert.equal(parse(text(line)).kind, "mismatch", line);
    }
  });

  parserProperties(parse, { valid: [list], streams: [login] });
});

describe("nut, on a port where it is expected", () =>
  parserProperties(parseExpected, { valid: [list], streams: [login] }));
