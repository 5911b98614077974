import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const request = joined(
  hex("009c 0001 1a2b3c4d 0001 0000 0100 0000 00000001 00000001 0000 0001"),
  text("local".padEnd(64, "\0")),
  text("cananian".padEnd(64, "\0")),
);

describe("pptp", () => {
  test("host and vendor are read", () => {
    assert.deepEqual(parse(request), match({ host: "local", vendor: "cananian" }));
  });

  test("another cookie is something else", () => {
    assert.equal(parse(hex("009c 0001 1a2b3c4e")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [request] });
});
