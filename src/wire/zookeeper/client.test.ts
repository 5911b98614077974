import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const connect = fixture(import.meta.url, "node-client-connect.bin");
const readOnly = joined(hex("0000002d"), connect.subarray(4), hex("01"));

describe("zookeeper", () => {
  test("a four-letter word is read, with or without a line end", () => {
    equalFacts(parse(text("ruok")), match({ command: "ruok" }));
    equalFacts(parse(text("mntr\n")), match({ command: "mntr" }));
    equalFacts(parse(text("stat\r\n")), match({ command: "stat" }));
  });

  test("a client shows its time-out", () => {
    equalFacts(parse(connect), match({ command: "connect", timeoutMs: 30_000 }));
    equalFacts(parse(readOnly), match({ command: "connect", timeoutMs: 30_000, readOnly: true }));
  });

  test("memcached's stats and other lengths are something else", () => {
    assert.equal(parse(text("stats\r\n")).kind, "mismatch");
    assert.equal(parse(text("config get\r\n")).kind, "mismatch");
    assert.equal(parse(hex("00000013 00120002")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [connect, readOnly], streams: [text("ruok\n"), text("stat\n")] });
});
