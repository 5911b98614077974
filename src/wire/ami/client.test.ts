import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { findSecrets } from "../secrets.ts";
import { parse } from "./client.ts";

const login = text("Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\n\r\n");
const command = text("action: Command\r\ncommand: core show channels\r\n\r\n");

describe("Asterisk Manager Interface", () => {
  test("the action and the user are read, and the secret is hidden", () => {
    equalFacts(parse(login), match({ action: "Login", user: "admin" }));
    equalFacts(parse(command), match({ action: "Command", command: "core show channels" }));
    equalFacts(findSecrets(login, identify(login)), [{ start: 40, end: 46, text: "s3cret" }]);
  });

  test("the secret is hidden without a space, too", () => {
    const glued = text("Action: Login\r\nUsername: admin\r\nsecret:s3cret\r\n\r\n");
    equalFacts(findSecrets(glued, identify(glued)), [{ start: 39, end: 45, text: "s3cret" }]);
  });

  test("an action that is not a word is something else", () => {
    assert.equal(parse(text("Action: a b\r\n\r\n")).kind, "mismatch");
  });

  parserProperties(parse, { valid: [login, command] });
});
