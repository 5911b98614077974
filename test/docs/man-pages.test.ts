import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { configurationSections } from "../../scripts/manual/configuration-keys.ts";
import { allCommands, describeCommand } from "../../src/cli/completion/described-command.ts";
import { buildProgram } from "../../src/cli/harbinger.ts";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";

const writeHelp = fileURLToPath(new URL("../../scripts/manual/write-help.ts", import.meta.url));
const skip = findProgram("mandoc") === undefined && "mandoc is not installed";

function writePages(folder: string): void {
  execFileSync(process.execPath, [writeHelp, folder], { env: { ...process.env, SOURCE_DATE_EPOCH: "1764374400" } });
}

/** Without the bold and underlined forms that mandoc makes by overstriking. */
function plainText(file: string): string {
  const text = execFileSync("mandoc", ["-Tutf8", "-Owidth=200", file], { encoding: "utf8" });
  return text
    .split("\b")
    .map((part, index, parts) => (index === parts.length - 1 ? part : part.slice(0, -1)))
    .join("");
}

describe("man pages", { skip }, () => {
  test("have no mistake that mandoc detects", () => {
    using folder = temporaryFolder();
    writePages(folder.path);
    const pages = readdirSync(path.join(folder.path, "man"));
    assert.ok(pages.includes("harbinger-scan.1") && pages.includes("harbinger.yaml.5"));
    for (const page of pages) {
      const { status, stdout, stderr } = spawnSync(
        "mandoc",
        ["-Tlint", "-Wwarning", path.join(folder.path, "man", page)],
        {
          encoding: "utf8",
        },
      );
      assert.equal(status, 0, `${page}:\n${stdout}${stderr}`);
    }
  });

  test("show every command with its options and its examples", async () => {
    using folder = temporaryFolder();
    writePages(folder.path);
    const program = await describeCommand(buildProgram());
    for (const command of allCommands(program)) {
      const page = command.path.slice(0, 2).join("-");
      const text = plainText(path.join(folder.path, "man", `${page}.1`));
      const shown = [
        ...command.options.flatMap(({ long }) => long ?? []),
        ...[...command.after.matchAll(/^ {2}\$ (.*)$/gm)].map((match) => match[1] ?? ""),
      ];
      assert.deepEqual(
        shown.filter((part) => !text.includes(part)),
        [],
        command.path.join(" "),
      );
    }
  });

  test("show every key of the configuration and every variable of portwatcher", () => {
    using folder = temporaryFolder();
    writePages(folder.path);
    const configuration = plainText(path.join(folder.path, "man/harbinger.yaml.5"));
    const keys = configurationSections().flatMap((section) => section.keys.map(({ name }) => name));
    assert.ok(keys.length > 150);
    assert.deepEqual(
      keys.filter((key) => !configuration.includes(key)),
      [],
    );
    const portwatcher = plainText(path.join(folder.path, "man/portwatcher.1"));
    assert.deepEqual(
      variableNames.filter((name) => !portwatcher.includes(name)),
      [],
    );
  });

  test("are identical, byte for byte, with the same SOURCE_DATE_EPOCH, and have its date", () => {
    using one = temporaryFolder();
    using other = temporaryFolder();
    for (const folder of [one, other]) writePages(folder.path);
    const files = readdirSync(one.path, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(one.path, path.join(entry.parentPath, entry.name)));
    assert.ok(files.length > 20);
    for (const file of files) {
      assert.equal(readFileSync(path.join(one.path, file), "utf8"), readFileSync(path.join(other.path, file), "utf8"));
    }
    assert.match(readFileSync(path.join(one.path, "man/harbinger.1"), "utf8"), /^\.TH "HARBINGER" 1 2025-11-29 /m);
  });
});
