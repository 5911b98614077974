import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const request = text("1022\0alice\0root\0id; uname -a\0");

describe("rsh", () => {
  test("both users and the command are read", () => {
    equalFacts(parse(request), match({ errorPort: 1022, localUser: "alice", user: "root", command: "id; uname -a" }));
    equalFacts(parse(text("\0a\0b\0id\0")), match({ localUser: "a", user: "b", command: "id" }));
  });

  test("rlogin, and anything with an empty name, is something else", () => {
    for (const message of ["99999\0a\0b\0c\0", "\0\0b\0c\0", "1022\0al ice\0", "1022\0\u0001", "12 a"]) {
      assert.equal(parse(text(message)).kind, "mismatch", JSON.stringify(message));
    }
  });

  parserProperties(parse, { valid: [request] });
});
