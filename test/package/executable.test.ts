// The single executable does what the checkout does, from an empty folder.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { artefact, whyNoExecutable } from "../harness/artefacts.ts";
import { harbinger, temporaryFolder } from "../harness/cli.ts";
import { doBothJobs } from "./both-jobs.ts";

const skip = whyNoExecutable() ?? false;

const portwatcherLauncher = fileURLToPath(new URL("../../bin/portwatcher.js", import.meta.url));

/** The program started by the name portwatcher. */
const asPortwatcher = { launcher: portwatcherLauncher };

describe("the single executable", { skip, concurrency: 2 }, () => {
  let executable = "";
  before(async () => {
    executable = await artefact("executable");
  });

  test("prints the same version and help as the checkout, by both names", async () => {
    using folder = temporaryFolder();
    const lines = [["--version"], ["--help"], ["scan", "--help"], ["config", "schema"], ["no-such-command"]];
    for (const [program, args] of [
      ...lines.map((line) => [{}, line] as const),
      [asPortwatcher, ["--help"]] as const,
      [asPortwatcher, ["--version"]] as const,
      [asPortwatcher, ["wrong"]] as const,
    ]) {
      const options = { directory: folder.path, ...program };
      const [packed, plain] = await Promise.all([
        harbinger(args, { ...options, program: [executable] }),
        harbinger(args, options),
      ]);
      assert.deepEqual(packed, plain, args.join(" "));
    }
  });

  test("runs portwatcher if it is started by a link or a copy with that name", () => {
    using folder = temporaryFolder();
    const link = path.join(folder.path, "link", "..", "portwatcher");
    symlinkSync(executable, path.join(folder.path, "portwatcher"));
    assert.match(execFileSync(path.resolve(link), ["--help"], { encoding: "utf8" }), /^Usage: portwatcher/);
    copyFileSync(executable, path.join(folder.path, "harbinger"));
    assert.match(
      execFileSync(path.join(folder.path, "harbinger"), ["--help"], { encoding: "utf8" }),
      /^Usage: harbinger/,
    );
  });

  test("does not read its arguments as options of Node, nor the name by which it is called", () => {
    using folder = temporaryFolder();
    const code = path.join(folder.path, "code.cjs");
    writeFileSync(code, `require("node:fs").writeFileSync(${JSON.stringify(`${code}.ran`)}, "")`);
    for (const argv0 of [`--require=${code}`, `--import=${code}`, "--eval", "--"]) {
      const { stdout } = spawnSync(executable, ["--help"], { argv0, encoding: "utf8" });
      assert.match(stdout, /^Usage: harbinger/, argv0);
    }
    spawnSync(executable, ["--require", code, "--version"]);
    assert.ok(!existsSync(`${code}.ran`));
  });

  test("prints the licences of its parts", async () => {
    using folder = temporaryFolder();
    const { stdout } = await harbinger(["--notices"], { directory: folder.path, program: [executable] });
    for (const name of [
      "Node.js 24.",
      "kysely 0.",
      "koffi ",
      "oui-data ",
      "@ip-location-db/geo-whois-asn-country-mmdb ",
    ]) {
      assert.ok(stdout.includes(`\n${name}`), name);
    }
    assert.match(stdout, /Number Resource Organization/);
    assert.doesNotMatch(stdout, /\ntypescript /);
  });

  test("scans, listens, stores and reports, with the memory options of the launcher", async () => {
    using folder = temporaryFolder();
    await doBothJobs({ directory: folder.path, program: [executable] }, (pid) => {
      assert.match(readFileSync(`/proc/${pid}/environ`, "latin1"), /(^|\0)MALLOC_ARENA_MAX=1\0/);
      assert.equal(readFileSync(`/proc/${pid}/cmdline`, "latin1"), "harbinger\0run\0");
    });
  });
});
