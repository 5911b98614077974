import assert from "node:assert/strict";
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { openLog } from "./logging.ts";

test("a log file that was deleted or renamed is created again for the next lines", () => {
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

test("a log file that reaches half of its size becomes FILE.1, and no line is lost or cut", () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.log");
  const maxBytes = 20_000;
  const log = openLog({ level: "info", file, maxBytes, terminal: "silent", colour: false });
  try {
    for (let line = 0; line < 150; line++) log.info(`line ${line} ${"x".repeat(80)}`);
  } finally {
    log[Symbol.dispose]();
  }
  const lines = [`${file}.1`, file].flatMap((each) => {
    const text = readFileSync(each, "utf8");
    assert.ok(text.length > 0 && text.length <= maxBytes / 2, `${text.length}`);
    return text.trimEnd().split("\n");
  });
  const numbers = lines.map((line) => Number(/line (\d+)/.exec(String(JSON.parse(line).msg))?.[1]));
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => 150 - numbers.length + at),
    "the newest, in order",
  );
  assert.deepEqual(readdirSync(folder.path).sort(), ["harbinger.log", "harbinger.log.1"]);
});
