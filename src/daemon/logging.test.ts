import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { openLog } from "./logging.ts";

test("a log file that was deleted or renamed is made anew by the next lines", () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.log");
  const log = openLog({ level: "info", file, terminal: "silent", colour: false });
  try {
    log.info("first");
    for (const takeAway of [() => rmSync(file), () => renameSync(file, `${file}.1`)]) {
      takeAway();
      const until = performance.now() + 10_000;
      for (let text = ""; !text.includes("again"); ) {
        assert.ok(performance.now() < until, "no new file");
        log.info("again");
        try {
          text = readFileSync(file, "utf8");
        } catch {
          // Not yet.
        }
      }
    }
  } finally {
    log[Symbol.dispose]();
  }
});
