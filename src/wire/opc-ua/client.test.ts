import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const url = "opc.tcp://192.0.2.7:4840";
const hello = joined(text("HELF"), hex("38000000 00000000 00000100 00000100 00000000 00000000 18000000"), text(url));

describe("opc-ua", () => {
  test("the Hello shows the requested endpoint", () => {
    assert.deepEqual(parse(hello), match({ protocolVersion: 0, endpointUrl: url }));
  });

  test("another word and a wrong length are something else", () => {
    assert.equal(parse(text("HELP\r\n")).kind, "mismatch");
    assert.equal(parse(hello.with(4, 0x39)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [hello] });
});
