import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const name = "org.apache.hadoop.hdfs.protocol.ClientProtocol";
const context = joined(hex("12 07 0a 05"), text("alice"), Uint8Array.of(0x1a, name.length), text(name));
const call = joined(text("hrpc\u0009\0\0"), Uint8Array.of(0, 0, 0, context.length), context);

describe("hadoop-ipc", () => {
  test("the user and the protocol are read", () => {
    assert.deepEqual(parse(call), match({ version: 9, authentication: "simple", user: "alice", protocol: name }));
  });

  test("another version is something else", () => {
    assert.equal(parse(text("hrpc\u0041")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [call] });
});
