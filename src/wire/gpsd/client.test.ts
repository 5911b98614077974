import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

// After the command comes a line feed.
const watch = fixture(import.meta.url, "gpspipe.bin");
const devices = text("?DEVICES;");

describe("gpsd", () => {
  test("the command is read", () => {
    assert.deepEqual(parse(watch), match({ command: "WATCH" }));
    assert.deepEqual(parse(devices), match({ command: "DEVICES" }));
    for (const sent of ["?WATCHER;", "?x", "?WATCH=1"]) assert.equal(parse(text(sent)).kind, "mismatch", sent);
  });

  parserProperties(parse, { valid: [devices], streams: [watch] });
});
