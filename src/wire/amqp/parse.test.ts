import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./parse.ts";

// As amqplib and rhea send them.
const amqp091 = hex("414d5150 00000901");
const sasl10 = hex("414d5150 03010000");

describe("amqp", () => {
  test("the versions are told apart", () => {
    assert.deepEqual(parse(amqp091), match({ version: "0-9-1" }));
    assert.deepEqual(parse(sasl10), match({ version: "1.0", layer: "sasl" }));
    assert.deepEqual(parse(hex("414d5150 00010000")), match({ version: "1.0", layer: "amqp" }));
  });

  test("a version that nobody specified is shown in numbers", () => {
    assert.deepEqual(parse(hex("414d5150 00000909")), match({ version: "0.0.9.9" }));
  });

  test("a word that begins alike is something else", () => {
    assert.equal(parse(text("AMQPING\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [amqp091, sasl10] });
});
