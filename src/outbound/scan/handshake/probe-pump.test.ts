import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { openPort } from "../../../../test/harness/open-port.ts";
import type { Clock } from "../../../core/clock.ts";
import { firstProbe, type NewProbe } from "./in-flight-probes.ts";
import { type NextProbe, type ProbePolicy, ProbePump } from "./probe-pump.ts";

const clock: Clock = { now: () => 0, monotonic: () => performance.now(), sleep: () => nextTurn() };

function pumpWith({
  work = { isIdle: false },
  ...policy
}: Partial<ProbePolicy> & { work?: { isIdle: boolean } }): ProbePump {
  const neighbours = { routes: [], isUp: () => true };
  const complete: ProbePolicy = {
    get isIdle() {
      return work.isIdle;
    },
    timeoutMs: () => 10_000,
    next: () => "wait",
    postpone: () => assert.fail("postponed"),
    silent: () => assert.fail("silent"),
    ended: () => assert.fail("ended"),
    shortageLasts: () => assert.fail("shortage"),
    ...policy,
  };
  return new ProbePump({ clock, policy: complete, neighbours, capacity: 4, shortagePatienceMs: 0 });
}

/** Sends one probe to each port of 127.0.0.1; the endpoint is the index of the port. */
function sendTo(ports: readonly number[]): (probe: NewProbe) => NextProbe {
  let sent = 0;
  return (probe) => {
    const port = ports[sent];
    if (port === undefined) return "wait";
    Object.assign(probe, { endpoint: sent, tries: 1, kind: firstProbe, host: "127.0.0.1", port });
    sent += 1;
    return "send";
  };
}

test("every probe that is sent has one outcome", async () => {
  await using open = await openPort("127.0.0.1");
  const closing = await openPort("127.0.0.1");
  await closing[Symbol.asyncDispose]();
  const outcomes: string[] = [];
  const pump = pumpWith({
    next: sendTo([open.port, closing.port]),
    ended(probe, state, code) {
      outcomes.push(`${probe.endpoint} ${state} ${code}`);
      if (outcomes.length === 2) pump.stop();
    },
  });
  await pump.run();
  assert.deepEqual(outcomes.toSorted(), ["0 open ", "1 closed ECONNREFUSED"]);
  assert.equal(pump.size, 0);
});

test("a pump that is stopped chooses no further endpoint", async () => {
  let chosen = 0;
  const pump = pumpWith({
    next() {
      chosen += 1;
      pump.stop();
      return "skip";
    },
  });
  await pump.run();
  await nextTurn();
  assert.equal(chosen, 1);
});

test("a pump without work takes no turns until a turn is requested", async () => {
  let turns = 0;
  const work = { isIdle: true };
  const pump = pumpWith({
    next: () => {
      turns += 1;
      return "wait";
    },
    work,
  });
  const running = pump.run();
  for (let i = 0; i < 10; i++) await nextTurn();
  assert.equal(turns, 0);
  work.isIdle = false;
  pump.requestTurn();
  while (turns === 0) await nextTurn();
  pump.stop();
  await running;
});
