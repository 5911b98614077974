import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeCommand } from "../../src/cli/completion/described-command.ts";
import { buildProgram } from "../../src/cli/harbinger.ts";
import { portwatcherCommand } from "../../src/cli/portwatcher-command.ts";
import { configurationSections } from "./configuration-keys.ts";
import { importPicture } from "./import-picture.ts";
import { fillGenerated, type ReferenceSources } from "./reference-tables.ts";

/** Pages with generated parts: `npm run docs` writes them, and a test compares them. */
export const generatedPages = [
  "docs/reference/configuration.md",
  "docs/reference/commands.md",
  "docs/reference/checks.md",
  "docs/reference/exposure.md",
  "docs/reference/portwatcher.md",
  "docs/reference/json.md",
  "docs/reference/api.md",
  "docs/architecture.md",
];

let imports: Promise<string> | undefined;

export async function referenceSources(): Promise<ReferenceSources> {
  imports ??= importPicture();
  return {
    imports: await imports,
    sections: configurationSections(),
    programs: [await describeCommand(buildProgram()), await describeCommand(portwatcherCommand())],
  };
}

if (import.meta.main) {
  const sources = await referenceSources();
  for (const page of generatedPages) {
    const file = fileURLToPath(new URL(`../../${page}`, import.meta.url));
    const text = readFileSync(file, "utf8");
    const filled = fillGenerated(text, sources);
    if (filled !== text) writeFileSync(file, filled);
    process.stdout.write(`${page}: ${filled === text ? "unchanged" : "written"}\n`);
  }
}
