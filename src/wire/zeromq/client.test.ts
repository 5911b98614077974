import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const greeting = joined(
  hex("ff000000000000000 17f 03 01".replaceAll(" ", "")),
  text("NULL".padEnd(20, "\0")),
  new Uint8Array(32),
);

describe("zeromq", () => {
  test("version and mechanism are read", () => {
    assert.deepEqual(parse(greeting), match({ version: "3.1", mechanism: "NULL" }));
  });

  test("Telnet, BGP and TeamViewer are something else", () => {
    for (const message of ["fffd18fffd20", "ffffffffffffffffff", "ff0000000000000001 80"]) {
      assert.equal(parse(hex(message)).kind, "mismatch", message);
    }
  });

  parserProperties(parse, { valid: [greeting] });
});
