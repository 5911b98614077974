import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { parse, parseExpected } from "./client.ts";

const job = joined(text("\0REQ"), hex("00000007 0000000d"), text("resize\0\0a.jpg"));
const ability = joined(text("\0REQ"), hex("00000001 00000006"), text("resize"));

describe("gearman", () => {
  test("the request and the function are read", () => {
    assert.deepEqual(parse(job), match({ command: "submit-job", function: "resize" }));
    assert.deepEqual(parse(ability), match({ command: "can-do", function: "resize" }));
    assert.equal(parse(joined(text("\0REQ"), hex("000000ff"))).kind, "mismatch");
  });

  test("an administrator's line, as gearadmin sends it, is Gearman where Gearman is expected", () => {
    const line = text("status\r\n");
    assert.deepEqual(identify(line, "gearman").gearman, { command: "status" });
    assert.notEqual(identify(line).protocol, "gearman");
  });

  parserProperties(parse, { valid: [job, ability] });
});

describe("gearman, on a port where it is expected", () => parserProperties(parseExpected, { valid: [job, ability] }));
