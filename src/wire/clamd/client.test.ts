import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { fixture, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

const ping = fixture(import.meta.url, "clamdscan-ping.bin");
const scan = text("nSCAN /srv/mail box\n");

describe("clamd", () => {
  test("the command and the path are read", () => {
    equalFacts(parse(ping), match({ command: "PING" }));
    equalFacts(parse(scan), match({ command: "SCAN", path: "/srv/mail box" }));
  });

  test("a single line is clamd where clamd is expected", () => {
    assert.equal(identify(text("VERSION\n"), "clamd").protocol, "clamd");
    assert.equal(parse(text("nope\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [ping, scan] });
});

describe("clamd, on a port where it is expected", () => parserProperties(parseExpected, { valid: [ping, scan] }));
