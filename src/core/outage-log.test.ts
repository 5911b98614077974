import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";
import { HarbingerError } from "./errors.ts";
import type { LogFields } from "./log.ts";
import { OutageLog } from "./outage-log.ts";

function lab() {
  let now = 0;
  const lines: [string, string, LogFields | undefined][] = [];
  const line = (level: string) => (message: string, fields?: LogFields) => void lines.push([level, message, fields]);
  const log = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  const outage = new OutageLog({ clock, log, fails: "it fails", works: "it works" });
  const wait = (ms: number) => {
    now += ms;
  };
  return { outage, lines, wait };
}

test("an outage is logged at its start, each ten minutes, and at its end", () => {
  const { outage, lines, wait } = lab();
  outage.worked();
  outage.failed(new Error("busy"));
  wait(1000);
  outage.failed(new Error("busy"));
  wait(600_000);
  outage.failed(new Error("busy"));
  outage.worked();
  assert.deepEqual(
    lines.map(([level, message, fields]) => [level, message, fields?.["failures"]]),
    [
      ["error", "it fails", 1],
      ["debug", "it fails", 2],
      ["error", "it fails", 3],
      ["warn", "it works", 3],
    ],
  );
});

test("an outage is logged with what to do about it", () => {
  const { outage, lines } = lab();
  outage.failed(new HarbingerError("store", "damaged", { remedy: "Move the file away." }), { watch: "lan" });
  assert.deepEqual(lines, [
    ["error", "it fails", { error: "damaged", remedy: "Move the file away.", watch: "lan", failures: 1 }],
  ]);
});
