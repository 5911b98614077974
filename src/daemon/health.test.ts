import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../core/clock.ts";
import type { Backlog } from "../core/store.ts";
import { examineHealth, type HealthOptions } from "./health.ts";

const hour = 3_600_000;
const now = Date.UTC(2026, 0, 1);

/** Sleeps of this clock end at once, or never. */
function clockWhere(timeIsUp: boolean): Clock {
  return {
    now: () => now,
    monotonic: () => 0,
    sleep: (_ms, signal) =>
      timeIsUp ? Promise.resolve() : new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
  };
}

interface Situation {
  readonly backlog?: readonly Backlog[];
  readonly database?: () => Promise<number>;
  readonly listeners?: readonly { listener: string; accepts: boolean; unopened: number }[];
  readonly timeIsUp?: boolean;
}

async function health({ backlog = [], database, listeners, timeIsUp = false }: Situation) {
  const parts: Pick<HealthOptions, "inbound"> =
    listeners === undefined ? {} : { inbound: { examine: async () => listeners } };
  // Of the deliveries only the backlog is needed.
  const deliveries = { backlog: async () => backlog } as unknown as HealthOptions["store"]["deliveries"];
  const found = await examineHealth({
    ...parts,
    store: { trustedTime: database ?? (async () => now), deliveries },
    clock: clockWhere(timeIsUp),
  });
  return {
    healthy: found.healthy,
    findings: found.parts.filter((part) => !part.healthy).map((part) => `${part.part}: ${part.finding}`),
  };
}

test("a process without listeners is healthy if its database can be written", async () => {
  assert.deepEqual(await health({}), { healthy: true, findings: [] });
});

test("a message that failed and waits for more than an hour is unhealthy; one that is new, or was never tried, is not", async () => {
  const waits = (oldestAt: number, wasTried: boolean): Backlog => ({
    channel: "mail",
    state: "queued",
    wasTried,
    reports: 0,
    count: 3,
    oldestAt,
  });
  assert.equal((await health({ backlog: [waits(now - hour + 1, true)] })).healthy, true);
  assert.equal((await health({ backlog: [waits(now - 9 * hour, false)] })).healthy, true);
  assert.equal((await health({ backlog: [{ ...waits(now - 9 * hour, true), state: "dead" }] })).healthy, true);
  assert.deepEqual(await health({ backlog: [waits(now - hour - 1, true)] }), {
    healthy: false,
    findings: ["deliveries: 3 messages failed and waiting, the first for more than an hour"],
  });
});

test("messages that were given up are counted, and are healthy", async () => {
  const dead: Backlog = {
    channel: "mail",
    state: "dead",
    wasTried: true,
    count: 2,
    reports: 1,
    oldestAt: now - 9 * hour,
  };
  const deliveries = { backlog: async () => [dead] } as unknown as HealthOptions["store"]["deliveries"];
  const store = { trustedTime: async () => now, deliveries };
  const { healthy, parts } = await examineHealth({ store, clock: clockWhere(false) });
  assert.equal(healthy, true);
  const finding = "0 waiting, 2 given up";
  assert.deepEqual(
    parts.find(({ part }) => part === "deliveries"),
    { part: "deliveries", healthy: true, finding, deliveries: "dead" },
  );
});

test("a database that cannot be written, or does not answer, is unhealthy", async () => {
  const full = await health({ database: async () => Promise.reject(new Error("disk full")) });
  assert.deepEqual(full, { healthy: false, findings: ["database: disk full"] });
  const silent = await health({ database: () => new Promise(() => undefined), timeIsUp: true });
  assert.equal(silent.healthy, false);
  assert.match(silent.findings.join(), /^database: no answer from the database within 3 seconds/);
});

test("a listener that does not accept, or lacks a port, is unhealthy", async () => {
  const findings = await health({
    listeners: [
      { listener: "a", accepts: true, unopened: 0 },
      { listener: "b", accepts: false, unopened: 0 },
      { listener: "c", accepts: true, unopened: 1 },
    ],
  });
  assert.deepEqual(findings, {
    healthy: false,
    findings: ["listener b: accepts no connections", "listener c: 1 port could not be opened"],
  });
});
