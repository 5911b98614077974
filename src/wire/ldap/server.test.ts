import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseLdapBindResponse, parseLdapSearchAnswer } from "./server.ts";

describe("parseLdapBindResponse", () =>
  parserProperties(parseLdapBindResponse, {
    valid: [],
    streams: serverAnswers.parseLdapBindResponse,
    runs: 60,
  }));

describe("parseLdapSearchAnswer", () =>
  parserProperties(parseLdapSearchAnswer, {
    valid: [],
    streams: serverAnswers.parseLdapSearchAnswer,
    runs: 60,
  }));

test("BER lengths are read in every form, with the fields after them", () => {
  for (const length of ["0c", "810c", "82000c", "8300000c", "840000000c"]) {
    const outcome = parseLdapBindResponse(hex(`30${length} 020101 6107 0a0131 0400 0400`));
    assert.ok(outcome.kind === "match" && outcome.value.resultCode === 49, length);
  }
});
