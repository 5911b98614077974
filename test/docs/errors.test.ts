import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { errorCodes, HarbingerError } from "../../src/core/errors.ts";
import { repository } from "./markdown.ts";

const page = readFileSync(path.join(repository, "docs/reference/errors.md"), "utf8");
const [before = "", ...parts] = page.split(/^## /m);

describe("docs/reference/errors.md", () => {
  test("has a part and a row for each code, and for no other", () => {
    assert.deepEqual(
      parts.map((part) => part.split("\n")[0]),
      [...errorCodes],
    );
    const rows = [...before.matchAll(/^\| \[`([a-z-]+)`\]\(#([a-z-]+)\) \| (\d) \| .+ \|$/gm)];
    assert.deepEqual(
      rows.map(([, code, anchor, exit]) => [code, anchor, Number(exit)]),
      [...errorCodes.map((code) => [code, code, new HarbingerError(code, "").exitStatus])],
    );
  });

  test("explains each: what it means, when it occurs, and what to do", () => {
    for (const part of parts) {
      const titles = [...part.matchAll(/^\*\*(.+?)\.\*\* \S/gm)].map(([, title]) => title);
      assert.deepEqual(titles, ["Meaning", "When", "What to do"], part.split("\n")[0]);
    }
  });

  test("quotes remedies as the program prints them", () => {
    const sources = sourceFiles().join("\n");
    const quotes = [...page.matchAll(/ \*([A-Z][^*]+)\*(?= |\n)/g)].map(([, text = ""]) =>
      text.replaceAll(/\s+/g, " "),
    );
    assert.ok(quotes.length >= 5);
    for (const quote of quotes) assert.ok(sources.includes(quote), `no message says: ${quote}`);
  });

  test("has no code that no error uses", () => {
    const sources = sourceFiles().join("\n");
    const unused = errorCodes.filter(
      (code) => !new RegExp(`(?:HarbingerError\\(|fail\\(|code: )\\s*"${code}"`).test(sources),
    );
    assert.deepEqual(unused, []);
  });
});

function sourceFiles(): readonly string[] {
  const folder = path.join(repository, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(path.join(folder, name), "utf8"));
}
