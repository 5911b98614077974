import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const user = text("bob\r\n");
const verbose = text("/W root@inner\r\n");

describe("finger", () => {
  test("the user is told, and whether all of him is wanted", () => {
    assert.deepEqual(parse(user), match({ query: "bob" }));
    assert.deepEqual(parse(verbose), match({ query: "root@inner", verbose: true }));
    assert.deepEqual(parse(text("\r\n")), match({ query: "" }));
  });

  parserProperties(knownFacts(parse, ["query"]), { valid: [user, verbose] });
});
