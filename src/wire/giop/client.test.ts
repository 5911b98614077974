import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const locate = joined(text("GIOP"), hex("01 02 00 03 00000010 00000002 00000000 00000004"), text("INIT"));
const little = joined(text("GIOP"), hex("01 00 01 00 04000000 00000000"));

describe("giop", () => {
  test("both byte orders are read", () => {
    assert.deepEqual(parse(locate), match({ version: "1.2", message: "LocateRequest", bodyBytes: 16 }));
    assert.deepEqual(parse(little), match({ version: "1.0", message: "Request", bodyBytes: 4 }));
  });

  test("another version and an answer are something else", () => {
    assert.equal(parse(joined(text("GIOP"), hex("02 00 00 00"))).kind, "mismatch");
    assert.equal(parse(joined(text("GIOP"), hex("01 00 00 01"))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [locate, little] });
});
