import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const version = fixture(import.meta.url, "check-nrpe-v2.bin");
const load = joined(hex("0004 0001 12345678 0000 0000 00000012"), text("check_load!5!10\0\0\0"));

describe("nrpe", () => {
  test("the command and its arguments are read", () => {
    equalFacts(parse(version), match({ version: 2, command: "_NRPE_CHECK" }));
    equalFacts(parse(load), match({ version: 4, command: "check_load", arguments: ["5", "10"] }));
  });

  test("an answer, and a command that is not text, is something else", () => {
    assert.equal(parse(hex("0002 0002")).kind, "mismatch");
    assert.equal(parse(joined(hex("0002 0001 12345678 0000"), text("\u0001\u0002\0"))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [version, load] });
});
