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
  const counts = { new: 0, gone: 0, returned: 0, flapping: 0, present: 0 };
  return {
    watch,
    startedAt: 0,
    result: { status: "complete", engine: "connect", coverage: { kind: "all" }, notes: [] },
    summary: { scanId: 1, firstScan: false, counts },
  };
}

/** Stages that record their calls. */
function stages(more: Partial<OutboundStages>, said: string[]): OutboundStages {
  return {
    parallelScans: 1,
    discover: async (watch) => scanOf(watch),
    async devices() {},
    async check({ watch }) {
      said.push(`check ${watch.name}`);
    },
    async report(ran) {
      said.push(`report ${ran.map(({ watch }) => watch.name).join()}`);
      return 1;
    },
    deliver: () => said.push("deliver"),
    failed: (watch, stage, error) => said.push(`${stage} of ${watch.name} failed: ${String(error)}`),
    ...more,
  };
}

const signal = new AbortController().signal;

test("the stages run in their order", async () => {
  const said: string[] = [];
  const summary = await runWatches([watch("a"), watch("b")], stages({}, said), signal);
  assert.deepEqual(said, ["check a", "check b", "report a,b", "deliver"]);
  assert.deepEqual(summary.failed, []);
});

test("a check that waits for its hosts delays no scan", async () => {
  const said: string[] = [];
  const bothAsked = Promise.withResolvers<void>();
  const check = async ({ watch: { name } }: RecordedScan) => {
    said.push(`check ${name}`);
    if (name === "b") bothAsked.resolve();
    await bothAsked.promise;
  };
  await runWatches([watch("a"), watch("b")], stages({ check }, said), signal);
  assert.deepEqual(said, ["check a", "check b", "report a,b", "deliver"]);
});

test("if the results of checks cannot be stored, the scan is still reported", async () => {
  const said: string[] = [];
  const check = async () => {
    throw new Error("disk full");
  };
  const summary = await runWatches([watch("a")], stages({ check }, said), signal);
  assert.deepEqual(said, ["check of a failed: Error: disk full", "report a", "deliver"]);
  assert.deepEqual(
    summary.failed.map(({ name }) => name),
    ["a"],
  );
});

test("if devices cannot be stored, the checks still run, and the watch failed once", async () => {
  const said: string[] = [];
  const devices = async () => {
    throw new Error("disk full");
  };
  const summary = await runWatches([watch("a")], stages({ devices }, said), signal);
  assert.deepEqual(said, ["check a", "devices of a failed: Error: disk full", "report a", "deliver"]);
  assert.equal(summary.failed.length, 1);
});

test("if a scan cannot be stored, no check or report uses it", async () => {
  const said: string[] = [];
  const discover = async (each: Watch) => {
    if (each.name === "a") throw new Error("disk full");
    return scanOf(each);
  };
  const summary = await runWatches([watch("a"), watch("b")], stages({ discover }, said), signal);
  assert.deepEqual(said, ["discover of a failed: Error: disk full", "check b", "report b", "deliver"]);
  assert.equal(summary.failed.length, 1);
});

test("after an abort nothing is reported; the next run does", async () => {
  const said: string[] = [];
  const stop = new AbortController();
  const check = async () => stop.abort();
  const summary = await runWatches([watch("a"), watch("b")], stages({ check }, said), stop.signal);
  assert.deepEqual(said, []);
  assert.equal(summary.ran.length, 1);
  assert.equal(summary.reports, 0);
});

test("a stopped watch is stopped alone, and what it found until then is reported", async () => {
  const said: string[] = [];
  const ended = new AbortController();
  const discover = async (each: Watch, own: AbortSignal) => {
    if (each.name === "b") ended.abort();
    said.push(`scan ${each.name}, ${own.aborted ? "stopped" : "goes on"}`);
    return scanOf(each);
  };
  const signalOf = ({ name }: Watch) => (name === "a" ? signal : ended.signal);
  await runWatches([watch("a"), watch("b"), watch("c")], stages({ discover, signalOf }, said), signal);
  assert.deepEqual(said, ["scan a, goes on", "check a", "scan b, stopped", "report a,b", "deliver"]);
});
