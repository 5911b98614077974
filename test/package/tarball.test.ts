// The package for npm, installed by npm into an empty folder, on a machine with Node 24 and no other part of the product.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, chownSync, constants, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { findProgram } from "../../src/platform/programs.ts";
import { artefact } from "../harness/artefacts.ts";
import { harbinger } from "../harness/cli.ts";
import { doBothJobs } from "./both-jobs.ts";

const run = promisify(execFile);
const root = path.join(import.meta.dirname, "..", "..");

describe("the package for npm", { skip: process.platform === "win32" ? "POSIX only" : false, concurrency: 2 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-installed-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const environment = {
    PATH: [path.join(folder, "bin"), path.join(folder, "node"), "/usr/bin", "/bin"].join(path.delimiter),
    HOME: folder,
    npm_config_update_notifier: "false",
  };
  const installed = path.join(folder, "bin", "harbinger");
  let tarball = "";

  before(async () => {
    // Every user may run it, whoever owns the checkout.
    chmodSync(folder, 0o755);
    mkdirSync(path.join(folder, "node"));
    copyFileSync(process.execPath, path.join(folder, "node", "node"), constants.COPYFILE_FICLONE);
    tarball = await artefact("tarball");
    await run("npm", [
      "install",
      "--global",
      "--prefix",
      folder,
      "--prefer-offline",
      "--no-fund",
      "--no-audit",
      tarball,
    ]);
  });

  function work(name: string): string {
    const directory = path.join(folder, name);
    mkdirSync(directory);
    return directory;
  }

  test("contains programs, types and documents, but neither sources nor tests", async () => {
    const { stdout } = await run("tar", ["-tzf", tarball]);
    const files = stdout.trim().split("\n");
    for (const wanted of [
      "bin/harbinger.js",
      "dist/cli/harbinger.js",
      "dist/cli/harbinger.d.ts",
      "LICENSE",
      "CHANGELOG.md",
    ]) {
      assert.ok(files.includes(`package/${wanted}`), wanted);
    }
    const unwanted = files.filter((file) =>
      /\.test\.|^package\/(src|test|scripts|dist\/packages)\/|[^d]\.ts$/.test(file),
    );
    assert.deepEqual(unwanted, []);
  });

  test("scans, listens, stores and reports", async () => {
    await doBothJobs({ directory: work("root"), program: [installed], environment });
  });

  test("does so as a user without any privilege, too", {
    skip: process.getuid?.() !== 0 || findProgram("setpriv") === undefined ? "needs root and setpriv" : false,
  }, async () => {
    const directory = work("user");
    chownSync(directory, 10_001, 10_001);
    const user = ["--reuid=10001", "--regid=10001", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
    await doBothJobs({ directory, program: ["setpriv", ...user, "--", installed], environment });
  });

  test("has both programs, each named as it is installed", async () => {
    const directory = work("names");
    const portwatcher = path.join(folder, "bin", "portwatcher");
    const help = await harbinger(["--help"], { directory, program: [portwatcher], environment });
    assert.match(help.stdout, /^Usage: portwatcher/);
    const listed = await harbinger(["config", "init", "--no-such"], { directory, program: [installed], environment });
    assert.equal(listed.status, 2, listed.stderr);
  });

  test("can be run by npx from the file", async () => {
    // In a project npx searches from its folder, and does not read an absolute path as a package.
    const directory = work("npx");
    copyFileSync(tarball, path.join(directory, "package.tgz"));
    const { stdout } = await run("npx", ["--yes", "--prefer-offline", "./package.tgz", "--version"], {
      cwd: directory,
      env: { ...process.env, PATH: `${environment.PATH}${path.delimiter}${process.env["PATH"]}` },
    });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  test("has types that a program can be checked against", async () => {
    const directory = work("types");
    writeFileSync(path.join(directory, "package.json"), '{ "type": "module" }');
    const address = path.join(folder, "lib", "node_modules", "harbinger", "dist", "core", "address.js");
    writeFileSync(
      path.join(directory, "own.ts"),
      `import { type Address, parseAddress } from ${JSON.stringify(address)};
export const parsed: Address | undefined = parseAddress("10.0.0.1");
// @ts-expect-error a text is not an address
export const wrong: Address = "10.0.0.1";
`,
    );
    const compiler = path.join(root, "node_modules", ".bin", "tsc");
    await run(compiler, ["--noEmit", "--strict", "--module", "nodenext", "--types", "", "own.ts"], { cwd: directory });
  });
});
