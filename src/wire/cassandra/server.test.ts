import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, hexOf, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { cassandraReleaseIn, parseCassandraAnswer } from "./server.ts";

describe("parseCassandraAnswer", () =>
  parserProperties(parseCassandraAnswer, {
    valid: [],
    streams: [hex("84 00 0000 02 00000000"), hex(`84 00 0000 03 00000005 0003 ${hexOf("abc")}`)],
    runs: 60,
  }));

test("the release version is found behind the header of the row", () => {
  assert.equal(cassandraReleaseIn(text(`${"x".repeat(40)}4.1.3`)), "4.1.3");
});
