// What a long-running checkout loads: bin/sources.js.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const preload = new URL("../../bin/sources.js", import.meta.url).href;
const loaded = fileURLToPath(new URL("../../src/store/sqlite/store-worker.ts", import.meta.url));

/** Loads the largest part of the store in a new process. @returns whether Node loaded its compiler for that */
function loadsCompiler(): boolean {
  const script = `
    await import(${JSON.stringify(loaded)});
    const { stripAll } = await import(${JSON.stringify(preload)});
    stripAll();
    console.log(process.moduleLoadList.some((name) => name.includes("deps/amaro")));`;
  const words = ["--import", preload, "--input-type=module", "--eval", script];
  return execFileSync(process.execPath, words, { encoding: "utf8" }).trim() === "true";
}

describe("the sources of a checkout", () => {
  test("are stripped of their types once, and then loaded without the compiler", () => {
    loadsCompiler();
    assert.equal(loadsCompiler(), false);
  });

  test("are stripped again if a power failure cut off a stored one", () => {
    loadsCompiler();
    const source = readFileSync(loaded);
    const name = createHash("sha256").update(process.version).update(source).digest("hex").slice(0, 32);
    const kept = fileURLToPath(new URL(`../../node_modules/.cache/harbinger-sources/${name}`, import.meta.url));
    const text = readFileSync(kept, "utf8");
    for (const broken of ["", text.slice(0, 100)]) {
      writeFileSync(kept, broken);
      assert.equal(loadsCompiler(), true);
      assert.equal(readFileSync(kept, "utf8"), text);
    }
  });
});
