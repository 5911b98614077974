import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const question = text("\u001b%-12345X@PJL INFO ID\r\n\u001b%-12345X\r\n");

describe("pjl", () => {
  test("the first command is read", () => {
    assert.deepEqual(parse(question), match({ command: "INFO ID" }));
    assert.deepEqual(parse(text("@PJL USTATUSOFF\n")), match({ command: "USTATUSOFF" }));
  });

  test("other escapes and rsync are something else", () => {
    assert.equal(parse(text("\u001b[2J")).kind, "mismatch");
    assert.equal(parse(text("@RSYNCD: 31.0\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [text("\u001b%-12345X@PJL\n")], streams: [question] });
});
