import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type EnvFile, parseEnvFile } from "./env-file.ts";

function parse(text: string, set: Readonly<Record<string, string>> = {}): EnvFile {
  return parseEnvFile(text, (name) => set[name]);
}

function readAs(written: string, set: Readonly<Record<string, string>> = {}): string | undefined {
  return parse(`A=${written}`, set).variables.get("A");
}

describe("a file of environment variables", () => {
  test("contains one variable per line, besides comments, blank lines and export", () => {
    const { variables, problems } = parse("\ufeff# a comment\r\n\r\nA=1\r\n  export B = two words \r\n  # C=3\nC=\n");
    assert.deepEqual([...variables], Object.entries({ A: "1", B: "two words", C: "" }));
    assert.deepEqual(problems, []);
  });

  for (const [written, value] of [
    ["se#cret", "se#cret"],
    ["secret # a comment", "secret"],
    ["# a comment", ""],
    ["a=b=c", "a=b=c"],
    ["'se # cret' # a comment", "se # cret"],
    ['"se # cret"', "se # cret"],
    ["'a\\n$B'", "a\\n$B"],
    ['"a\\tb\\n\\"c\\" \\\\n"', 'a\tb\n"c" \\n'],
    ['"\\\\$B \\$B $B"', "\\x $B x"],
    ["it's", "it's"],
    ["$B/$" + "{B}", "x/x"],
    ["pa$word", "pa$word"],
    ["pa$$B", "pa$B"],
    ["$" + "{N:-d}$" + "{E:-d}$" + "{E-d}$" + "{N-d}$" + "{N}", "ddd$" + "{N}"],
    ['"two\nlines"', "two\nlines"],
    ["'it''s'", "it"],
  ] as const) {
    test(`reads ${JSON.stringify(written)}`, () => assert.equal(readAs(written, { B: "x", E: "" }), value));
  }

  test("names the quoted variables, by their last line", () => {
    const { quoted } = parse(`A="1"\nB='2'\nB=3\nC=4\nC="5"`);
    assert.deepEqual([...quoted], ["A", "C"]);
  });

  test("expands variables of the file before those that are set elsewhere", () => {
    assert.equal(parse("B=file\nA=$B", { B: "elsewhere" }).variables.get("A"), "file");
  });

  test("names the invalid line and shows nothing of a value", () => {
    const { problems, variables } = parse(`A=1\npassword\n1A=secret\n=x\nB="secret\nC=3`);
    assert.deepEqual(problems, [
      "line 2: expected NAME=value",
      "line 3: expected NAME=value",
      "line 4: expected NAME=value",
      'line 5: the " of B has no end',
    ]);
    assert.deepEqual([...variables], Object.entries({ A: "1", C: "3" }));
  });

  test("returns any text that was written between single quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!/['\r]/.test(text));
        assert.equal(readAs(`'${text}'`), text);
      }),
    );
  });

  test("never throws", () => {
    const piece = fc.constantFrom("A", "=", '"', "'", "\\", "$", "{", "}", ":-", "#", "\n", " ", "x");
    fc.assert(fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => void parse(pieces.join(""))));
  });
});
