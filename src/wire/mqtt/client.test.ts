import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const mqtt31 = fixture(import.meta.url, "mosquitto-3.1.bin");
const mqtt311 = fixture(import.meta.url, "mosquitto-3.1.1.bin");
const mqtt5 = fixture(import.meta.url, "mosquitto-5.bin");
const withProperties = fixture(import.meta.url, "mqttjs-5-properties.bin");

describe("mqtt", () => {
  test("all three versions contain the client, the user and the will, but no password", () => {
    const facts = {
      keepAliveSeconds: 60,
      cleanStart: true,
      hasPassword: true,
      clientId: "sensor-7",
      userName: "alice",
      willTopic: "farewell",
    };
    assert.deepEqual(parse(mqtt31), match({ version: "3.1", ...facts }));
    assert.deepEqual(parse(mqtt311), match({ version: "3.1.1", ...facts }));
    assert.deepEqual(parse(mqtt5), match({ version: "5.0", ...facts }));
  });

  test("properties of version 5 are skipped", () => {
    assert.deepEqual(
      parse(withProperties),
      match({ version: "5.0", keepAliveSeconds: 60, cleanStart: true, hasPassword: false, clientId: "js1" }),
    );
  });

  test("a level that does not match the name, and extra bytes, are something else", () => {
    assert.equal(parse(hex("10 0c 0004 4d515454 03 02 003c 0000")).kind, "mismatch");
    assert.equal(parse(hex("10 0d 0004 4d515454 04 02 003c 0000 00")).kind, "mismatch");
    assert.equal(parse(hex("10 ff ff ff ff 01")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [mqtt31, mqtt311, mqtt5, withProperties] });
});
