import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// A bind to the end point mapper, with NDR as its transfer syntax.
const bind = hex(`05 00 0b 03 10000000 4800 0000 01000000 d016 d016 00000000 01 000000 0000 01 00
  0883afe1 1f5d c911 91a4 08002b14a0fa 03000000 045d888aeb1cc9119fe808002b104860 02000000`);

describe("dcerpc", () => {
  test("a bind shows the interface", () => {
    assert.deepEqual(parse(bind), match({ packet: "bind", interface: "epmapper" }));
  });

  test("SOCKS and Cassandra, which begin the same, are something else", () => {
    assert.equal(parse(hex("050100")).kind, "mismatch");
    assert.equal(parse(hex("050000000500000000")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [bind] });
});
