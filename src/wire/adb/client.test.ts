import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { hex, joined, text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const connect = joined(
  hex("434e584e 01000001 00001000 1c000000 00000000 bcb1a7b1"),
  text("host::features=shell_v2,cmd\0"),
);
const open = joined(hex("4f50454e 01000000 00000000 09000000 00000000 b0afbab1"), text("shell:id\0"));

describe("adb", () => {
  test("CNXN contains the version and the client's banner", () => {
    equalFacts(
      parse(connect),
      match({ command: "CNXN", version: "0x01000001", systemIdentity: "host::features=shell_v2,cmd" }),
    );
  });

  test("OPEN shows the service", () => {
    equalFacts(parse(open), match({ command: "OPEN", service: "shell:id" }));
  });

  test("a header without the complement of its command is something else", () => {
    assert.equal(parse(text("OPENSESAME, PLEASE, TO ME!\r\n")).kind, "mismatch");
    assert.equal(parse(text("STLS\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [connect, open] });
});
