import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { allCommands, describeCommand } from "../../src/cli/completion/described-command.ts";
import { buildProgram } from "../../src/cli/harbinger.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { proposals, shells } from "./shells.ts";

const writeHelp = fileURLToPath(new URL("../../scripts/manual/write-help.ts", import.meta.url));

/** A line up to the cursor, and the end of all its proposals. */
const exactly: readonly (readonly [line: string, ...proposed: string[]])[] = [
  ["harbinger sc", "scan"],
  ["harbinger devices ", "approve", "name"],
  ["harbinger devices --config harbinger.yaml na", "name"],
  ["harbinger --verbose --config harbinger.yaml devices na", "name"],
  ["harbinger --mode ", "cron", "standalone"],
  ["harbinger --mode c", "cron"],
  ["harbinger hosts --state ", "flapping", "gone", "inherited", "present"],
  ["harbinger connections --protocol ss", "ssh"],
  ["harbinger listen --banner my", "mysql"],
  ["harbinger completion ", "bash", "fish", "zsh"],
  ["harbinger -c har", "harbinger.yaml"],
  ["harbinger --config har", "harbinger.yaml"],
  ["harbinger --config=har", "harbinger.yaml"],
  ["harbinger check --config har", "harbinger.yaml"],
  ["harbinger identify fi", "first.bin"],
  ["harbinger scan @ho", "hosts.txt"],
  ["harbinger scan 10.0.0.1 @ho", "hosts.txt"],
  ["harbinger scan --ports har"],
  ["harbinger hosts har"],
  ["harbinger run --qu", "--quiet"],
  ["portwatcher h", "healthcheck"],
  ["portwatcher --env-file fi", "first.bin"],
];

describe("completions", () => {
  for (const shell of shells) {
    const missing = findProgram(shell) === undefined ? `${shell} is not installed` : false;
    test(`propose commands, choices and files in ${shell}`, { skip: missing }, () => {
      using folder = helpFolder();
      const all = proposals(shell, { ...folder, lines: exactly.map(([line]) => line) });
      assert.equal(all.length, exactly.length);
      for (const [index, [line, ...expected]] of exactly.entries()) {
        const proposed = [...new Set(all[index] ?? [])].map((text) => text.replace(/^(?:--config=|@)/, "")).sort();
        assert.deepEqual(proposed, expected, `${shell}: ${line}`);
      }
    });

    test(`propose every option of every command in ${shell}`, { skip: missing }, async () => {
      using folder = helpFolder();
      const commands = allCommands(await describeCommand(buildProgram()));
      const lines = commands.map((command) => `${command.path.join(" ")} --`);
      const all = proposals(shell, { ...folder, lines });
      for (const [index, { path: words, options }] of commands.entries()) {
        const expected = options.flatMap(({ long }) => long ?? []);
        // zsh marks with = where a value follows.
        const proposed = new Set(all[index]?.map((text) => text.replace(/=-?$/, "")));
        assert.deepEqual(
          expected.filter((flag) => !proposed.has(flag)),
          [],
          `${shell}: ${words.join(" ")}`,
        );
        assert.ok(proposed.size >= expected.length);
      }
    });
  }

  test("pass the check of shell scripts", { skip: findProgram("shellcheck") === undefined && "no shellcheck" }, () => {
    using folder = helpFolder();
    for (const name of ["harbinger", "portwatcher"]) {
      execFileSync("shellcheck", ["--shell=bash", path.join(folder.folder, `${name}.bash`)], { encoding: "utf8" });
    }
  });

  test("are printed by harbinger completion, and an unknown shell is rejected with the names of the known ones", async () => {
    using folder = helpFolder();
    const printed = await harbinger(["completion", "bash"], folder);
    assert.equal(printed.status, 0);
    assert.match(printed.stdout, /^complete -F _harbinger harbinger$/m);
    const other = await harbinger(["completion", "zsh", "--program", "portwatcher"], folder);
    assert.match(other.stdout, /^#compdef portwatcher$/m);
    const wrong = await harbinger(["completion", "tcsh"], folder);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /bash, zsh, fish/);
  });
});

/** What `npm run package:help` writes, and a directory with files to propose. */
function helpFolder() {
  const temporary = temporaryFolder();
  const directory = path.join(temporary.path, "work");
  mkdirSync(directory);
  for (const name of ["harbinger.yaml", "first.bin", "hosts.txt"]) writeFileSync(path.join(directory, name), "");
  execFileSync(process.execPath, [writeHelp, path.join(temporary.path, "help")]);
  return {
    directory,
    folder: path.join(temporary.path, "help", "completions"),
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  };
}
