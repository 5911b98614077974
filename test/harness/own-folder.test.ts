import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { ownFolder } from "./own-folder.ts";

const module = path.join(import.meta.dirname, "own-folder.ts");
const program = `const { ownFolder } = await import(${JSON.stringify(module)});
process.stdout.write(ownFolder()); setInterval(() => {}, 1000);`;

describe("the folder of a machine's root", { skip: process.platform !== "linux" && "needs /proc" }, () => {
  test("is kept while its process runs, and is deleted by the next process after that one was killed", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    const [first] = await once(child.stdout, "data");
    const left = String(first);
    const own = ownFolder();
    assert.ok(existsSync(left) && left !== own);
    child.kill("SIGKILL");
    await once(child, "exit");
    const another = ownFolder();
    assert.deepEqual([existsSync(left), existsSync(own), existsSync(another)], [false, true, true]);
    for (const folder of [own, another]) rmSync(folder, { recursive: true });
  });
});
