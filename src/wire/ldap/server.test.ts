import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseLdapBindResponse, parseLdapSearchAnswer } from "./server.ts";

describe("parseLdapBindResponse", () =>
  parserProperties(parseLdapBindResponse, {
    valid: [],
    streams: [hex("300c 020101 6107 0a0100 0400 0400"), hex("30840000000c 020101 6107 0a0130 0400 0400")],
    runs: 60,
  }));

describe("parseLdapSearchAnswer", () =>
  parserProperties(parseLdapSearchAnswer, {
    valid: [],
    streams: [hex("300c 020102 6507 0a0132 0400 0400")],
    runs: 60,
  }));

test("BER lengths are read in every form, wherever the fields then lie", () => {
  for (const length of ["0c", "810c", "82000c", "8300000c", "840000000c"]) {
    const outcome = parseLdapBindResponse(hex(`30${length} 020101 6107 0a0131 0400 0400`));
    assert.ok(outcome.kind === "match" && outcome.value.resultCode === 49, length);
  }
});
