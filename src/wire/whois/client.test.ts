import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownFacts } from "../../../test/wire/known-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserProperties } from "../../../test/wire/parser-properties.ts";
import { identify } from "../identify.ts";
import { match } from "../outcome.ts";
import { parse } from "./client.ts";

const query = text("example.org\r\n");

describe("whois", () => {
  test("the line is the query, where whois is expected and nowhere else", () => {
    assert.deepEqual(parse(query), match({ query: "example.org" }));
    assert.deepEqual(identify(query, "whois").whois, { query: "example.org" });
    assert.equal(identify(query).protocol, "unknown");
  });

  test("another protocol, and more than one line, is something else", () => {
    assert.equal(identify(text("GET / HTTP/1.0\r\n\r\n"), "whois").protocol, "http");
    for (const sent of ["a\r\nb\r\n", "\u0016\u0003\u0001", "a".repeat(2000)]) {
      assert.equal(parse(text(sent)).kind, "mismatch", sent.slice(0, 8));
    }
  });

  parserProperties(knownFacts(parse, ["query"]), { valid: [query] });
});
