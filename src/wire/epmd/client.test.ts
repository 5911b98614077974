import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const names = hex("0001 6e");
const port = joined(hex("0007 7a"), text("rabbit"));

describe("epmd", () => {
  test("the questions are distinguished", () => {
    assert.deepEqual(parse(names), match({ request: "names" }));
    assert.deepEqual(parse(port), match({ request: "port", node: "rabbit" }));
  });

  test("bytes left over and other requests are something else", () => {
    assert.equal(parse(hex("0001 6e 00")).kind, "mismatch");
    assert.equal(parse(hex("0006 0100 0001")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [names, port] });
});
