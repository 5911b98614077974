import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hex } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const listIdentity = hex(`6300 0000 00000000 00000000 c1debed1 00000000 00000000`);
const registerSession = hex(`6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000`);

describe("ethernet-ip", () => {
  test("the commands that need no session are named", () => {
    assert.deepEqual(parse(listIdentity), match({ command: "list-identity" }));
    assert.deepEqual(parse(registerSession), match({ command: "register-session" }));
  });

  test("another length and a session are something else", () => {
    assert.equal(parse(listIdentity.with(2, 1)).kind, "mismatch");
    assert.equal(parse(listIdentity.with(4, 1)).kind, "mismatch");
  });

  parserProperties(parse, { valid: [listIdentity, registerSession] });
});
