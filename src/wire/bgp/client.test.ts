import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const open = hex("ffffffffffffffffffffffffffffffff 001d 01 04 fde8 00b4 c0000201 00");

describe("bgp", () => {
  test("the autonomous system and the router are read", () => {
    assert.deepEqual(parse(open), match({ autonomousSystem: 65_000, holdSeconds: 180, router: "192.0.2.1" }));
  });

  test("Telnet, which begins the same, is something else", () => {
    assert.equal(parse(hex("fffd18")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [open] });
});
