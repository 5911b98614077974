import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fillGenerated, nameOf, sectionsShownIn } from "../../scripts/manual/reference-tables.ts";
import { generatedPages, referenceSources } from "../../scripts/manual/write-reference.ts";
import { allCommands } from "../../src/cli/completion/described-command.ts";
import { repository } from "./markdown.ts";

const read = (page: string) => readFileSync(path.join(repository, page), "utf8");

describe("the reference", () => {
  for (const page of generatedPages) {
    test(`in ${page} matches the definitions`, async () => {
      const text = read(page);
      assert.match(text, /^<!-- generated: /m);
      assert.equal(text, fillGenerated(text, await referenceSources()), "npm run docs writes it again");
    });
  }

  test("shows every section of the configuration", async () => {
    const { sections } = await referenceSources();
    const shown = new Set(sectionsShownIn(read("docs/reference/configuration.md")));
    assert.deepEqual(
      sections.map(nameOf).filter((name) => !shown.has(name)),
      [],
    );
  });

  test("describes every key and every option", async () => {
    const { sections, programs } = await referenceSources();
    const keys = sections.flatMap(({ path: place, keys }) =>
      keys.filter(({ description }) => description === "").map(({ name }) => `${place}.${name}`),
    );
    assert.deepEqual(keys, []);
    const options = programs
      .flatMap(allCommands)
      .flatMap((command) =>
        command.options
          .filter(({ description }) => description === "")
          .map(({ flags }) => `${command.path.join(" ")} ${flags}`),
      );
    assert.deepEqual(options, []);
  });
});
