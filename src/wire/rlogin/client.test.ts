import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const start = text("\0alice\0root\0xterm/38400\0");

describe("rlogin", () => {
  test("both users and the terminal are read", () => {
    assert.deepEqual(parse(start), match({ localUser: "alice", user: "root", terminal: "xterm", speed: 38_400 }));
  });

  test("rsh without a port, and binary messages, are something else", () => {
    for (const message of ["\0a\0b\0id\0", "\0\0\0\u0005", "\0\u0001n", "\0al ice"]) {
      assert.equal(parse(text(message)).kind, "mismatch", JSON.stringify(message));
    }
  });

  parserProperties(parse, { valid: [start] });
});
