/**
 * Connections per second of a decoy with everything enabled (capture, identification, place, alerts with cooldown and budget,
 * push, storage in SQLite) against a bare `node:net` server that accepts, reads once and closes: the same clients in
 * turn, several rounds. Also prints the time from accept until a connection was stored. Needs gcc.
 *
 *   node bench/inbound/throughput.ts [--rounds=5] [--connections=40000] [--clients=200] [--sources=2000]
 *                                    [--host=127.0.0.1] [--kind=whole|capture] [--requests=equal|varied] [--rate=N]
 *
 * With `--rate` so many connections begin each second instead of as many as the server accepts: for the time until one is stored.
 * HARBINGER_LOAD_C names another load generator (a C file) with the same arguments and output.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { PushServer } from "./push-server.ts";
import { type ServerHandle, startServer } from "./server-handle.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "40000" },
    clients: { type: "string", default: "200" },
    sources: { type: "string", default: "2000" },
    host: { type: "string", default: "127.0.0.1" },
    kind: { type: "string", default: "whole" },
    requests: { type: "string", default: "equal" },
    rate: { type: "string", default: "0" },
    "node-option": { type: "string", multiple: true, default: [] },
  },
});
const connections = Number(values.connections);

interface Round {
  readonly rate: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server for one connection. */
  readonly cpuUs: number;
  /** Of that, the thread that accepts: it limits the rate if there are enough processors. */
  readonly threadUs: number;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-throughput-"));
const load = path.join(folder, "load");

async function measure(server: ServerHandle, count: number): Promise<Round> {
  const before = await server.usage();
  const words = [`${server.port}`, values.clients, `${count}`, values.sources, "120", values.requests, values.rate];
  const { stdout } = await promisify(execFile)(load, words);
  const after = await server.usage();
  const line = /^ok (\d+) failed (\d+) seconds \S+ rate (\d+) p50ms (\S+) p99ms (\S+)/.exec(stdout);
  if (line === null || line[2] !== "0") throw new Error(`connections failed: ${stdout}`);
  const cpuUs = (after.userUs + after.systemUs - before.userUs - before.systemUs) / count;
  const threadUs = (after.acceptingThreadUs - before.acceptingThreadUs) / count;
  return { rate: Number(line[3]), p50Ms: Number(line[4]), p99Ms: Number(line[5]), cpuUs, threadUs };
}

function print(name: string, { rate, p50Ms, p99Ms, cpuUs, threadUs }: Round): void {
  const cost = `${cpuUs.toFixed(1)} us of processor each, ${threadUs.toFixed(1)} in the accepting thread`;
  const text = `${rate} connections/s  p50 ${p50Ms} ms  p99 ${p99Ms} ms  ${cost}`;
  process.stdout.write(`  ${name.padEnd(6)} ${text}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

try {
  const source = process.env["HARBINGER_LOAD_C"] ?? path.join(import.meta.dirname, "load.c");
  execFileSync("gcc", ["-O2", "-o", load, source], { stdio: "inherit" });
  const kind = values.kind === "capture" ? "capture" : "whole";
  const database = path.join(folder, "connections.db");
  const { host } = values;
  await using push = await PushServer.start();
  await using bare = await startServer({ kind: "bare", host });
  await using decoy = await startServer(
    { kind, host, database, push: push.url, entry: { limits: { per_address: 1000 } } },
    values["node-option"],
  );
  // Long enough for the compiler to have optimised the code.
  const warmUp = connections;
  await measure(bare, warmUp);
  await measure(decoy, warmUp);
  const ratios: number[] = [];
  const costs: number[] = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    // The order alternates, so that a machine that becomes slower or faster favours neither.
    const first = await measure(round % 2 === 1 ? bare : decoy, connections);
    const second = await measure(round % 2 === 1 ? decoy : bare, connections);
    const [bareRound, decoyRound] = round % 2 === 1 ? [first, second] : [second, first];
    process.stdout.write(`round ${round}\n`);
    print("bare", bareRound);
    print("decoy", decoyRound);
    ratios.push(decoyRound.rate / bareRound.rate);
    costs.push(bareRound.cpuUs / decoyRound.cpuUs);
  }
  const peak = (await decoy.usage()).peak / 2 ** 20;
  const expected = warmUp + connections * Number(values.rounds);
  const counts = await decoy.stop();
  const { accepted = 0, recorded = 0, countedOnly = 0, rows = 0, storedP50Ms = 0, storedP99Ms = 0 } = counts;
  process.stdout.write(
    `decoy/bare, median: ${median(ratios).toFixed(3)} of the connections/s, ${median(costs).toFixed(3)} by processor time\n` +
      `decoy: ${accepted} accepted of ${expected}, ${recorded} recorded, ${rows} rows stored, ` +
      `${push.messages} alerts pushed, peak ${peak.toFixed(0)} MiB\n` +
      `from accept to stored: p50 ${storedP50Ms} ms, p99 ${storedP99Ms} ms (of the last 200,000)\n`,
  );
  // Other programs on this machine may have connected too.
  const isWhole = accepted === recorded + countedOnly && (kind === "capture" || rows === recorded);
  if (!isWhole || recorded < expected) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
