import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const start = hex("6804 07000000");
const probe = hex("6804 43000000");

describe("iec104", () => {
  test("the unnumbered functions are named", () => {
    assert.deepEqual(parse(start), match({ function: "STARTDT" }));
    assert.deepEqual(parse(probe), match({ function: "TESTFR" }));
  });

  test("a confirmation and text are something else", () => {
    assert.equal(parse(hex("6804 0b000000")).kind, "mismatch");
    assert.equal(parse(text("help\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [start, probe] });
});
