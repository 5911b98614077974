import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { parseEnv } from "node:util";
import { addEnvFiles, correctEnvFiles } from "./env-files.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe("files of environment variables", () => {
  test("add what the environment does not have; the last file takes precedence", () => {
    const environment: Record<string, string | undefined> = { A: "environment" };
    const first = written("first.env", "A=1\nB=1\nC='1'\n");
    const second = written("second.env", "\ufeffB='2 # 2'\r\nD=$C\r\n");
    const literal = addEnvFiles([first, second], environment);
    assert.deepEqual(environment, { A: "environment", B: "2 # 2", C: "1", D: "1" });
    assert.deepEqual([...literal].sort(), ["B", "C"]);
  });

  test("are reported with the invalid line", () => {
    const file = written("wrong.env", "A=1\nB\n");
    assert.throws(() => addEnvFiles([file], {}), { message: `${file}: line 2: expected NAME=value` });
  });

  test("that do not exist are an error", () => {
    assert.throws(() => addEnvFiles([path.join(folder, "none.env")], {}), /cannot read the file of --env-file/);
  });

  test("that Node read are read again, and variables from elsewhere stay", () => {
    const file = written("node.env", "A=se#cret\nB=file#1\nC=plain\n");
    const byNode = parseEnv("A=se#cret\nB=file#1\nC=plain\n");
    const environment: Record<string, string | undefined> = { ...byNode, B: "elsewhere" };
    correctEnvFiles(["--no-warnings", `--env-file=${file}`, "--env-file-if-exists=/nowhere/.env"], environment);
    assert.deepEqual(environment, { A: "se#cret", B: "elsewhere", C: "plain" });
  });
});
