import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../test/notify/manual-clock.ts";
import { ConnectionLineLimit, furtherConnections } from "./connection-line-limit.ts";

function line(msg: string, fields: object = {}): string {
  return `${JSON.stringify({ level: 30, time: "2026-01-05T08:00:00.000Z", ...fields, msg })}\n`;
}

function parsed(lines: readonly string[]): readonly { readonly msg: string; readonly count?: number }[] {
  return lines.map((json) => JSON.parse(json) as { msg: string; count?: number });
}

test("a terminal shows ten connections in ten seconds, then the number of the rest", async () => {
  const clock = new ManualClock();
  const written: string[] = [];
  const limit = new ConnectionLineLimit({ clock, write: (json) => written.push(json) });
  for (let count = 0; count < 25; count++) limit.write(line("connection", { banner: '"msg":"scan complete"' }));
  limit.write(line("scan complete"));
  limit.write(line(furtherConnections, { count: 900 }));
  assert.equal(written.length, 11);
  clock.advance(10_000);
  await nextTurn();
  const last = parsed(written).at(-1);
  assert.equal(last?.msg, "further connections, not shown here");
  assert.equal(last.count, 915);

  limit.write(line("connection"));
  assert.equal(written.length, 13);
  limit[Symbol.dispose]();
  assert.equal(written.length, 13);
  assert.equal(clock.sleepers, 0);
});

test("the remaining count is printed at the end", async () => {
  const clock = new ManualClock();
  const written: string[] = [];
  const limit = new ConnectionLineLimit({ clock, write: (json) => written.push(json) });
  for (let count = 0; count < 12; count++) limit.write(line("connection"));
  limit[Symbol.dispose]();
  await nextTurn();
  assert.deepEqual(parsed(written).at(-1)?.count, 2);
  assert.equal(written.length, 11);
  assert.equal(clock.sleepers, 0);
});
