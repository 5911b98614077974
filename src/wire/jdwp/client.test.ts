import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// As jdb sends it.
const handshake = text("JDWP-Handshake");
const impatient = joined(handshake, hex("0000000b 00000001 00 01 07"));

describe("jdwp", () => {
  test("the handshake is a debugger", () => {
    assert.deepEqual(parse(handshake), match({}));
  });

  test("a client that does not wait shows its first command", () => {
    assert.deepEqual(parse(impatient), match({ command: "VirtualMachine.IDSizes" }));
  });

  test("what is no packet behind the handshake is something else", () => {
    assert.equal(parse(joined(handshake, text("\r\n\r\n\r\n\r\n\r\n\r\n"))).kind, "mismatch");
  });

  parserProperties(parse, { valid: [handshake], streams: [impatient] });
});
