import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { quotedWord } from "./quoted-word.ts";
import { maxSearchTerms, parseSearch, type SearchTerm } from "./search.ts";

const term = (name: string | undefined, value: string, isNegated = false): SearchTerm => ({ name, value, isNegated });

const quoted = (value: string): SearchTerm => ({ ...term(undefined, value), isQuoted: true });

describe("a search", () => {
  for (const [text, expected] of [
    ["", []],
    ["  \t ", []],
    ["port:443 vendor:apple", [term("port", "443"), term("vendor", "apple")]],
    ["NOT approved Label:x", [term(undefined, "approved", true), term("label", "x")]],
    ["a AND b", [term(undefined, "a"), term(undefined, "b")]],
    ['label:"Web Services" "NOT"', [term("label", "Web Services"), quoted("NOT")]],
    ['"port:80" port:"80"', [quoted("port:80"), term("port", "80")]],
    ["fd00::1 ac:de:48:00:11:22", [term(undefined, "fd00::1"), term(undefined, "ac:de:48:00:11:22")]],
    ['a:":" a::', [term("a", ":"), term(undefined, "a::")]],
    ["peer:fd00::/8 since:2d", [term("peer", "fd00::/8"), term("since", "2d")]],
    ["not", [term(undefined, "not")]],
    ["NOT NOT", [term(undefined, "NOT", true)]],
    ["a AND NOT b", [term(undefined, "a"), term(undefined, "b", true)]],
    ['watch:"19"" rack" "say ""hi"""', [term("watch", '19" rack'), quoted('say "hi"')]],
    ['a""b', [quoted("ab")]],
    ["and or", [term(undefined, "and"), term(undefined, "or")]],
  ] as const) {
    test(JSON.stringify(text), () => assert.deepEqual(parseSearch(text), { kind: "terms", terms: expected }));
  }

  for (const text of [
    '"open',
    "NOT",
    "a NOT",
    "port:",
    '""',
    '"""',
    "a OR b",
    "NOT AND a",
    "x".repeat(1001),
    "a ".repeat(maxSearchTerms + 1),
  ]) {
    test(`${JSON.stringify(text.slice(0, 20))} is wrong`, () => assert.equal(parseSearch(text).kind, "wrong"));
  }

  test("reads any text that is quoted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 100 }), (text) => {
        const outcome = parseSearch(`watch:${quotedWord(text)} ${quotedWord(text)}`);
        assert.deepEqual(outcome, { kind: "terms", terms: [term("watch", text), quoted(text)] });
      }),
    );
  });

  test("has an outcome for any text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 100 }),
          fc
            .array(fc.constantFrom("a", " ", '"', ":", "NOT", "OR", "\t", "port:"), { maxLength: 60 })
            .map((all) => all.join("")),
        ),
        (text) => {
          const outcome = parseSearch(text);
          if (outcome.kind === "wrong") return assert.notEqual(outcome.message, "");
          assert.ok(outcome.terms.length <= maxSearchTerms);
          assert.ok(
            outcome.terms.every(({ name, value }) => value !== "" && text.includes(name === undefined ? "" : ":")),
          );
        },
      ),
    );
  });

  test("that is written from terms reads back as these", () => {
    const word = fc.stringMatching(/^[a-z0-9.: /-]{1,20}$/);
    const terms = fc.array(
      fc.record(
        {
          name: fc.option(fc.stringMatching(/^[a-z]{1,8}$/), { nil: undefined }),
          value: word,
          isNegated: fc.boolean(),
        },
        { noNullPrototype: true },
      ),
      { maxLength: maxSearchTerms },
    );
    fc.assert(
      fc.property(terms, (all) => {
        const text = all
          .map(
            ({ name, value, isNegated }) =>
              `${isNegated ? "NOT " : ""}${name === undefined ? "" : `${name}:`}"${value}"`,
          )
          .join(" ");
        assert.deepEqual(parseSearch(text), {
          kind: "terms",
          terms: all.map((each) => (each.name === undefined ? { ...each, isQuoted: true } : each)),
        });
      }),
    );
  });
});
