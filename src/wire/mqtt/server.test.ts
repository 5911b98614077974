import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseMqttConnack, parseMqttPublish } from "./server.ts";

describe("parseMqttConnack", () =>
  parserProperties(parseMqttConnack, { valid: [], streams: serverAnswers.parseMqttConnack, runs: 60 }));

describe("parseMqttPublish", () =>
  parserProperties(parseMqttPublish, {
    valid: [],
    streams: serverAnswers.parseMqttPublish,
    runs: 60,
  }));

test("the return code of CONNACK is its fourth byte, not its length", () => {
  assert.deepEqual(parseMqttConnack(hex("20020000")), {
    kind: "match",
    value: { returnCode: 0, sessionPresent: false },
    complete: true,
  });
  assert.equal(parseMqttConnack(hex("200200")).kind, "incomplete");
});
