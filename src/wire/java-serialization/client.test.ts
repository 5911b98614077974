import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const hashMap = fixture(import.meta.url, "hashmap.bin");
const string = fixture(import.meta.url, "string.bin");
const array = fixture(import.meta.url, "int-array.bin");
const proxy = joined(hex("aced0005 73 7d 00000001 000d"), text("java.util.Map"));

describe("java-serialization", () => {
  test("the first class is named", () => {
    assert.deepEqual(parse(hashMap), match({ contents: "object", className: "java.util.HashMap" }));
    assert.deepEqual(parse(array), match({ contents: "array", className: "[I" }));
    assert.deepEqual(parse(string), match({ contents: "string" }));
    assert.deepEqual(parse(proxy), match({ contents: "proxy", className: "java.util.Map" }));
  });

  test("raw data before the object is skipped", () => {
    assert.deepEqual(
      parse(joined(hex("aced0005 77 02 0102"), hashMap.subarray(4))),
      match({ contents: "object", className: "java.util.HashMap" }),
    );
    assert.deepEqual(parse(hex("aced0005 77 02 0102")), match({ contents: "data" }));
  });

  test("another version and an unknown element are something else", () => {
    assert.equal(parse(hex("aced0004 73")).kind, "mismatch");
    assert.equal(parse(hex("aced0005 41")).kind, "mismatch");
    assert.equal(parse(hex("acee")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [proxy], streams: [hashMap, string, array] });
});
