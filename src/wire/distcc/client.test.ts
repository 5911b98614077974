import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// After the words comes the source to compile.
const compile = fixture(import.meta.url, "distcc-compile.bin");
const job = text("DIST00000001ARGC00000003ARGV00000002shARGV00000002-cARGV00000007id; pwd");

describe("distcc", () => {
  test("the words of the job are read", () => {
    const words = ["x86_64-linux-gnu-gcc", "-c", "a.c", "-o", "a.o"];
    assert.deepEqual(parse(compile), match({ version: 1, arguments: words }));
    assert.deepEqual(parse(job), match({ version: 1, arguments: ["sh", "-c", "id; pwd"] }));
  });

  test("another version and another token are something else", () => {
    for (const sent of ["DIST00000009", "DIST00000001ARGX", "DIST00000001ARGC0000000z", "DIST00000001ARGCffffffff"]) {
      assert.equal(parse(text(sent)).kind, "mismatch", sent);
    }
  });

  parserProperties(parse, { valid: [job], streams: [compile] });
});
