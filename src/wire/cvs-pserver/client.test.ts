import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";
import { cvsSecrets } from "./secrets.ts";

const login = text("BEGIN AUTH REQUEST\n/cvsroot\nanonymous\nAy=0=a%0bZ\nEND AUTH REQUEST\n");

describe("cvs", () => {
  test("the repository and the user are read, and the password is a secret", () => {
    assert.deepEqual(parse(login), match({ request: "AUTH", repository: "/cvsroot", user: "anonymous" }));
    assert.deepEqual(cvsSecrets(login), [{ start: 39, end: 48 }]);
    assert.deepEqual(cvsSecrets(login.subarray(0, 41)), [{ start: 39, end: 41 }]);
  });

  test("another end is something else", () => {
    assert.equal(parse(text("BEGIN AUTH REQUEST\n/a\nb\nAc\nQUIT\n")).kind, "mismatch");
    assert.equal(parse(text("BEGIN TRANSACTION;\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [login] });
});
