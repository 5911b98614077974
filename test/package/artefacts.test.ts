import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { keptArtefact } from "../harness/artefacts.ts";
import { temporaryFolder } from "../harness/cli.ts";

const harness = new URL("../harness/artefacts.ts", import.meta.url).href;

/** Makes a file named `thing` that contains how often it was made. */
function maker(cache: string, key: string) {
  return keptArtefact({
    kind: "thing",
    key,
    cache,
    make: async (folder) => writeFileSync(path.join(folder, "thing"), key),
  });
}

describe("an artefact for tests", () => {
  test("is made once, even if several processes need it at the same time", async () => {
    using folder = temporaryFolder();
    // Each maker records that it began; while it works, others would begin, too.
    const script = `
      import { appendFileSync, writeFileSync } from "node:fs";
      import { setTimeout } from "node:timers/promises";
      import { keptArtefact } from ${JSON.stringify(harness)};
      const [cache] = process.argv.slice(1);
      const make = async (folder) => {
        appendFileSync(cache + "/begun", "x");
        await setTimeout(500);
        writeFileSync(folder + "/thing", "whole");
      };
      console.log(await keptArtefact({ kind: "thing", key: "k", cache, make }));`;
    const asked = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, folder.path]),
    );
    const places = new Set((await Promise.all(asked)).map(({ stdout }) => stdout.trim()));
    assert.deepEqual([...places], [path.join(folder.path, "thing", "k", "thing")]);
    assert.equal(readFileSync(path.join(folder.path, "thing", "k", "thing"), "utf8"), "whole");
    assert.equal(readFileSync(path.join(folder.path, "begun"), "utf8"), "x");
  });

  test("is made again for other sources; one that was unused for hours is deleted", async () => {
    using folder = temporaryFolder();
    const first = await maker(folder.path, "a");
    const second = await maker(folder.path, "b");
    assert.equal(readFileSync(first, "utf8"), "a");
    assert.equal(readFileSync(second, "utf8"), "b");
    const before = new Date(Date.now() - 24 * 60 * 60_000);
    utimesSync(path.dirname(first), before, before);
    await maker(folder.path, "b");
    assert.deepEqual([existsSync(first), existsSync(second)], [false, true]);
  });

  test("is made again after a failure, of which nothing is kept", async () => {
    using folder = temporaryFolder();
    const failing = keptArtefact({
      kind: "thing",
      key: "k",
      cache: folder.path,
      make: async (made) => {
        writeFileSync(path.join(made, "half"), "");
        throw new Error("disk full");
      },
    });
    await assert.rejects(failing, /disk full/);
    assert.deepEqual(readdirSync(path.dirname(await maker(folder.path, "k"))), ["thing"]);
  });
});
