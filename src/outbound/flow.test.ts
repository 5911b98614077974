import assert from "node:assert/strict";
import { test } from "node:test";
import type { Watch } from "../core/watch.ts";
import type { RecordedScan } from "./discover/record-scan.ts";
import { type OutboundStages, runWatches } from "./flow.ts";

function watch(name: string): Watch {
  return {
    name,
    label: name,
    ports: [22],
    recipients: [],
    scan: { engine: "none" },
    checks: ["service"],
    goneAfter: 1,
    reportOn: "always",
  };
}

function scanOf(watch: Watch): RecordedScan {
  const counts = { new: 0, gone: 0, returned: 0, flapping: 0, present: 0, sighted: 0 };
  return {
    watch,
    startedAt: 0,
    result: { status: "complete", engine: "connect", coverage: { kind: "all" }, notes: [] },
    summary: { scanId: 1, firstScan: false, counts },
  };
}

/** Stages that record their calls. */
function stages(more: Partial<OutboundStages>, calls: string[]): OutboundStages {
  return {
    parallelScans: 1,
    discover: async (watch) => scanOf(watch),
    async devices() {},
    async check({ watch }) {
      calls.push(`check ${watch.name}`);
    },
    async report(ran) {
      calls.push(`report ${ran.map(({ watch }) => watch.name).join()}`);
      return 1;
    },
    deliver: () => calls.push("deliver"),
    failed: (watch, stage, error) => calls.push(`${stage} of ${watch.name} failed: ${String(error)}`),
    ...more,
  };
}

const signal = new AbortController().signal;

test("the stages run in their order", async () => {
  const calls: string[] = [];
  const summary = await runWatches([watch("a"), watch("b")], stages({}, calls), signal);
  assert.deepEqual(calls, ["check a", "check b", "report a,b", "deliver"]);
  assert.deepEqual(summary.failed, []);
});

test("a check that waits for its hosts delays no scan", async () => {
  const calls: string[] = [];
  const bothAsked = Promise.withResolvers<void>();
  const check = async ({ watch: { name } }: RecordedScan) => {
    calls.push(`check ${name}`);
    if (name === "b") bothAsked.resolve();
    await bothAsked.promise;
  };
  await runWatches([watch("a"), watch("b")], stages({ check }, calls), signal);
  assert.deepEqual(calls, ["check a", "check b", "report a,b", "deliver"]);
});

test("if the results of checks cannot be stored, the scan is still reported", async () => {
  const calls: string[] = [];
  const check = async () => {
    throw new Error("disk full");
  };
  const summary = await runWatches([watch("a")], stages({ check }, calls), signal);
  assert.deepEqual(calls, ["check of a failed: Error: disk full", "report a", "deliver"]);
  assert.deepEqual(
    summary.failed.map(({ name }) => name),
    ["a"],
  );
});

test("if devices cannot be stored, the checks still run, and the watch failed once", async () => {
  const calls: string[] = [];
  const devices = async () => {
    throw new Error("disk full");
  };
  const summary = await runWatches([watch("a")], stages({ devices }, calls), signal);
  assert.deepEqual(calls, ["check a", "devices of a failed: Error: disk full", "report a", "deliver"]);
  assert.equal(summary.failed.length, 1);
});

test("if a scan cannot be stored, no check or report uses it", async () => {
  const calls: string[] = [];
  const discover = async (each: Watch) => {
    if (each.name === "a") throw new Error("disk full");
    return scanOf(each);
  };
  const summary = await runWatches([watch("a"), watch("b")], stages({ discover }, calls), signal);
  assert.deepEqual(calls, ["discover of a failed: Error: disk full", "check b", "report b", "deliver"]);
  assert.equal(summary.failed.length, 1);
});

test("after an abort nothing is reported; the next run does", async () => {
  const calls: string[] = [];
  const stop = new AbortController();
  const check = async () => stop.abort();
  const summary = await runWatches([watch("a"), watch("b")], stages({ check }, calls), stop.signal);
  assert.deepEqual(calls, []);
  assert.equal(summary.ran.length, 1);
  assert.equal(summary.reports, 0);
});

test("a stopped watch is stopped alone, and what it found until then is reported", async () => {
  const calls: string[] = [];
  const ended = new AbortController();
  const discover = async (each: Watch, own: AbortSignal) => {
    if (each.name === "b") ended.abort();
    calls.push(`scan ${each.name}, ${own.aborted ? "stopped" : "goes on"}`);
    return scanOf(each);
  };
  const signalOf = ({ name }: Watch) => (name === "a" ? signal : ended.signal);
  await runWatches([watch("a"), watch("b"), watch("c")], stages({ discover, signalOf }, calls), signal);
  assert.deepEqual(calls, ["scan a, goes on", "check a", "scan b, stopped", "report a,b", "deliver"]);
});
