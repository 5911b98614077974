import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./parse.ts";

const greeting = fixture(import.meta.url, "rsync-greeting.bin");
const impatient = joined(greeting, fixture(import.meta.url, "continued-rsync-module.bin"));

describe("rsync", () => {
  test("the greeting tells the version", () => {
    assert.deepEqual(parse(greeting), match({ version: "32.0" }));
    assert.deepEqual(parse(text("@RSYNCD: 29\n")), match({ version: "29" }));
  });

  test("a client that does not wait tells the module", () => {
    assert.deepEqual(parse(impatient), match({ version: "32.0", module: "backup" }));
  });

  test("another mark is something else", () => {
    assert.equal(parse(text("@PJL INFO ID\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [greeting], streams: [impatient] });
});
