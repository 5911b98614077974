import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { anchorsOf, linksOf, readPages, repository } from "./markdown.ts";

const pages = readPages();

describe("the links of the pages", () => {
  for (const { name, text } of pages) {
    test(`of ${name} point to existing files and headings`, () => {
      for (const link of linksOf(text)) {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? name : path.join(path.dirname(name), file);
        assert.ok(existsSync(path.join(repository, target)), `${name}: ${link}: there is no such file`);
        const linked = pages.find((page) => page.name === target);
        if (anchor === undefined || linked === undefined) continue;
        assert.ok(anchorsOf(linked.text).has(anchor), `${name}: ${link}: ${target} has no such heading`);
      }
    });
  }

  test("reach every page from docs/README.md", () => {
    const reached = new Set<string>();
    const visit = (name: string) => {
      if (reached.has(name)) return;
      reached.add(name);
      const page = pages.find((candidate) => candidate.name === name);
      for (const link of page === undefined ? [] : linksOf(page.text)) {
        visit(path.join(path.dirname(name), link.split("#")[0] ?? ""));
      }
    };
    visit("docs/README.md");
    const unreached = pages.map(({ name }) => name).filter((name) => name.startsWith("docs/") && !reached.has(name));
    assert.deepEqual(unreached, [], "link these pages from docs/README.md");
  });
});
