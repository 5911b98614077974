import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const binary = hex("80010001 00000004 70696e67 00000000 00");
const framed = hex("00000011 80010001 00000004 70696e67 00000000 00");
const compact = hex("8221 00 04 70696e67 00");

describe("thrift", () => {
  test("the function is read, in each encoding", () => {
    assert.deepEqual(parse(binary), match({ method: "ping", message: "call", encoding: "binary" }));
    assert.deepEqual(parse(framed), match({ method: "ping", message: "call", encoding: "binary", framed: true }));
    assert.deepEqual(parse(compact), match({ method: "ping", message: "call", encoding: "compact" }));
  });

  test("ONC RPC, Kafka and answers are something else", () => {
    for (const message of [
      "80000028 00000001",
      "00000017 00120000",
      "80010002 00000004",
      "80010001 00000000",
      "8241 00",
    ]) {
      assert.equal(parse(hex(message)).kind, "mismatch", message);
    }
  });

  parserProperties(parse, { valid: [binary, framed, compact] });
});
