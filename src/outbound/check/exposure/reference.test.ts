import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { exposureCatalogue } from "./catalogue.ts";

test("the reference lists the catalogue as it is", () => {
  const page = readFileSync(new URL("../../../../docs/reference/exposure.md", import.meta.url), "utf8");
  const rows = exposureCatalogue.map(({ name, title, ports, proves, ...entry }) => {
    const asked = entry.kind === "http" ? entry.questions.map(({ path }) => `\`${path}\``).join(", ") : "its protocol";
    return `| \`${name}\` | ${title} | ${ports.length === 0 ? "any" : ports.join(", ")} | ${asked} | ${proves} |`;
  });
  const table = ["| name | service | ports | asked | proves |", "|---|---|---|---|---|", ...rows].join("\n");
  assert.equal(page.slice(page.indexOf("| name |"), page.indexOf("\n\n## What")).trim(), table);
});
