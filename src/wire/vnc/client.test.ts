import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parse } from "./client.ts";

const nmap = fixture(import.meta.url, "nmap-vnc-info.bin");

describe("vnc", () => {
  test("a client answers with the version it wants", () => {
    assert.deepEqual(parse(nmap), { kind: "match", value: { major: 3, minor: 8 }, complete: true });
    assert.deepEqual(parse(text("RFB 004.001\n")), { kind: "match", value: { major: 4, minor: 1 }, complete: true });
  });

  test("anything else in the line is something else", () => {
    for (const other of ["RFB 3.8\n", "RFB 003.00x\n", "RFC 003.008\n", "RFB 003.008\r\n"]) {
      assert.equal(parse(text(other)).kind, "mismatch", other);
    }
  });

  parserProperties(parse, { valid: [nmap], streams: [text("RFB 003.003\n\x01")] });
});
