import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const message = text("\u000bMSH|^~\\&|ADT1|GOOD HEALTH|LAB|X|198808181126||ADT^A01|MSG00001|P|2.5.1|\r");

describe("hl7", () => {
  test("sender and message type are read", () => {
    assert.deepEqual(
      parse(message),
      match({ sendingApplication: "ADT1", sendingFacility: "GOOD HEALTH", message: "ADT^A01", version: "2.5.1" }),
    );
  });

  test("another segment is something else", () => {
    assert.equal(parse(text("\u000bPID|")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [message] });
});
