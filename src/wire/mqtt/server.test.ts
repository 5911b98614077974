import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, hexOf } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { parseMqttConnack, parseMqttPublish } from "./server.ts";

describe("parseMqttConnack", () =>
  parserProperties(parseMqttConnack, { valid: [], streams: [hex("20020005"), hex("20020100")], runs: 60 }));

describe("parseMqttPublish", () =>
  parserProperties(parseMqttPublish, {
    valid: [],
    streams: [hex(`9003000100 300c 0004 ${hexOf("test")} ${hexOf("2.0.11")}`)],
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
