import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const greeting = text("t3 12.2.1\nAS:255\nHL:19\nMS:10000000\n\n");

describe("t3", () => {
  test("the greeting contains the version", () => {
    assert.deepEqual(parse(greeting), match({ scheme: "t3", version: "12.2.1" }));
  });

  test("an IMAP tag that looks alike is something else", () => {
    assert.equal(parse(text("t3 CAPABILITY\r\n")).kind, "mismatch");
    assert.equal(parse(text("t3 CAP")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [text("t3 12.2.1\n")], streams: [greeting] });
});
