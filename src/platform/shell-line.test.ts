import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { quoteForShell, runShell } from "./shell.ts";
import { readShellLine, type ShellDialect } from "./shell-line.ts";

/** Words unchanged, operators in angle brackets, words that the shell changes with a star. */
function shown(line: string, dialect: ShellDialect = "posix"): string[] | string {
  const read = readShellLine(line, dialect);
  if (read.kind === "complex") return read.what;
  return read.parts.map((part) =>
    part.kind === "operator" ? `<${part.text}>` : part.text + (part.expands ? "*" : ""),
  );
}

test("quotes and backslashes are removed", () => {
  assert.deepEqual(shown(`nmap -p '22,80' "a b" c\\ d "e\\"f\\n" ''`), [
    "nmap",
    "-p",
    "22,80",
    "a b",
    "c d",
    'e"f\\n',
    "",
  ]);
  assert.deepEqual(shown("a'b'\"c\"\\d"), ["abcd"]);
  assert.deepEqual(shown("one \\\n two"), ["one", "two"]);
});

test("operators end words, and the digit of a redirection is not a word", () => {
  assert.deepEqual(shown("a&&b||c;d&e|f"), ["a", "<&&>", "b", "<||>", "c", "<;>", "d", "<&>", "e", "<|>", "f"]);
  assert.deepEqual(shown("a >b 2>&1 <c"), ["a", "<>>", "b", "<>&>", "1", "<<>", "c"]);
  assert.deepEqual(shown("(a) # comment ; x\nb"), ["<(>", "a", "<)>", "<\n>", "b"]);
  assert.deepEqual(shown("a#b"), ["a#b"]);
});

test("what the shell replaces is marked", () => {
  assert.deepEqual(shown("$A \"$B\" '$C' \\$D ~/x a~ {1,2} {port} {1..3}"), [
    "$A*",
    "$B*",
    "$C",
    "$D",
    "~/x*",
    "a~",
    "{1,2}*",
    "{port}",
    "{1..3}*",
  ]);
});

test("syntax that only the shell can evaluate is complex", () => {
  for (const line of ["a $(b)", "a `b`", 'a "$(b)"', "a <<E", "a <(b)", "case x in y) ;; esac"]) {
    assert.equal(typeof shown(line), "string", line);
  }
  assert.equal(shown("a 'b"), "an unclosed quote");
  assert.equal(shown('a "b'), "an unclosed quote");
});

test("cmd.exe has other rules", () => {
  assert.deepEqual(shown(`"C:\\Program Files\\nmap.exe" 'a b' ^& %X% ; c & d`, "windows"), [
    "C:\\Program Files\\nmap.exe",
    "'a",
    "b'",
    "&",
    "%X%*",
    ";",
    "c",
    "<&>",
    "d",
  ]);
});

test("any line is read without an exception, and words are at their positions", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom(..."ab '\"\\$`(){}|&;<>#\n~%^2".split("")), { maxLength: 40 })
      .map((characters) => characters.join("")),
  );
  fc.assert(
    fc.property(line, fc.constantFrom<ShellDialect>("posix", "windows"), (text, dialect) => {
      const read = readShellLine(text, dialect);
      if (read.kind === "complex") return;
      let last = 0;
      for (const part of read.parts) {
        if (part.kind !== "word") continue;
        assert.ok(part.start >= last && part.end > part.start && part.end <= text.length);
        last = part.end;
      }
    }),
    { numRuns: 2000 },
  );
});

test("the shell reads the same words", { skip: process.platform === "win32" }, async () => {
  const word = fc.array(fc.constantFrom("a", "B", " ", "'", '"', "\\", "$X", "*", "|", ";", "\u00e9"), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (list) => {
      const words = list.map((parts) => parts.join(""));
      const line = words.map(quoteForShell).join(" ");
      const outcome = await runShell(`printf '%s\\n' ${line}`, { timeoutMs: 5000, outputLimit: 10_000 });
      assert.equal(outcome.stdout, words.map((text) => `${text}\n`).join(""));
      assert.deepEqual(shown(line, "posix"), words);
    }),
    { numRuns: 30 },
  );
});
