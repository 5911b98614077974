import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const request = joined(hex("0100 00000048 0001 0000"), text("ANY-SCP         ECHOSCU         "), new Uint8Array(36));

describe("dicom", () => {
  test("both titles are read", () => {
    assert.deepEqual(parse(request), match({ called: "ANY-SCP", calling: "ECHOSCU" }));
  });

  test("another version is something else", () => {
    assert.equal(parse(hex("0100 00000048 0002 0000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [request] });
});
