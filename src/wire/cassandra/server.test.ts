import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { cassandraReleaseIn, parseCassandraAnswer } from "./server.ts";

describe("parseCassandraAnswer", () =>
  parserProperties(parseCassandraAnswer, {
    valid: [],
    streams: serverAnswers.parseCassandraAnswer,
    runs: 60,
  }));

test("the release version is found behind the header of the row", () => {
  assert.equal(cassandraReleaseIn(text(`${"x".repeat(40)}4.1.3`)), "4.1.3");
});
