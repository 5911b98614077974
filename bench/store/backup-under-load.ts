/**
 * What a backup costs a decoy in a flood: `harbinger run` gets connections without a pause, and in every second period
 * `harbinger backup` runs repeatedly. For both kinds of period: connections stored per second, and how old the newest stored one was (the
 * time from accept to stored, by samples). Afterwards each copy is compared with the database. Needs gcc.
 *
 *   node bench/store/backup-under-load.ts [--rounds=4] [--seconds=8] [--rate=2500] [--clients=64]
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { harbinger, startHarbinger, temporaryFolder } from "../../test/harness/cli.ts";
import { freePort } from "../../test/harness/free-port.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "8" },
    rate: { type: "string", default: "2500" },
    clients: { type: "string", default: "64" },
  },
});
const sampleMs = 20;
const print = (text: string) => process.stdout.write(`${text}\n`);

interface Part {
  stored: number;
  seconds: number;
  readonly lagsMs: number[];
}

using folder = temporaryFolder();
const load = path.join(folder.path, "load");
execFileSync("gcc", ["-O2", "-o", load, path.join(import.meta.dirname, "../inbound/load.c")]);
const port = await freePort();
const file = path.join(folder.path, "harbinger.db");
writeFileSync(
  path.join(folder.path, "harbinger.yaml"),
  `watches: {}
listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { notify: [] }
enrich: { rdns: { enabled: false } }
`,
);
const running = startHarbinger(["run"], { directory: folder.path, limitMs: 600_000 });
await running.waitForOutput("listening");
const seconds = Number(values.rounds) * 2 * Number(values.seconds) + 60;
const flood = spawn(load, [`${port}`, values.clients, "100000000", "2000", `${seconds}`, "varied", values.rate], {
  stdio: ["ignore", "pipe", "inherit"],
});
const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
const newest = database.prepare(
  "select rowid as row, at from connections where rowid = (select max(rowid) from connections)",
);

/** Reads the newest stored connection until it is stopped. */
async function watch(part: Part, isOver: () => boolean): Promise<void> {
  const startedAt = performance.now();
  const first = Number(newest.get()?.["row"] ?? 0);
  let last = first;
  while (!isOver()) {
    const found = newest.get();
    last = Number(found?.["row"] ?? 0);
    part.lagsMs.push(Date.now() - Number(found?.["at"] ?? 0));
    await sleep(sampleMs);
  }
  part.stored += last - first;
  part.seconds += (performance.now() - startedAt) / 1000;
}

await sleep(5000);
const without: Part = { stored: 0, seconds: 0, lagsMs: [] };
const during: Part = { stored: 0, seconds: 0, lagsMs: [] };
const copies: { readonly file: string; readonly ms: number }[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  const until = performance.now() + Number(values.seconds) * 1000;
  await watch(without, () => performance.now() >= until);
  let isOver = false;
  const watching = watch(during, () => isOver);
  const backUpUntil = performance.now() + Number(values.seconds) * 1000;
  while (performance.now() < backUpUntil) {
    const startedAt = performance.now();
    const name = `copy-${copies.length}.db`;
    const { status, stderr } = await harbinger(["backup", name], { directory: folder.path });
    if (status !== 0) throw new Error(stderr);
    copies.push({ file: path.join(folder.path, name), ms: performance.now() - startedAt });
  }
  isOver = true;
  await watching;
}
flood.kill("SIGTERM");
await once(flood, "close");
running.process.kill("SIGTERM");
await running.ended;

for (const [name, part] of [
  ["without a backup", without],
  ["during backups", during],
] as const) {
  const sorted = part.lagsMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  print(
    `${name}: ${Math.round(part.stored / part.seconds)} stored/s over ${part.seconds.toFixed(0)} s; accept to stored p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
  );
}
const largest = copies.at(-1);
print(
  `${copies.length} backups, ${Math.round(copies.reduce((sum, { ms }) => sum + ms, 0) / copies.length)} ms each with the start of the command; the last one ${Math.round(statSync(largest?.file ?? file).size / 1e6)} MB`,
);
let lacking = 0;
for (const copy of copies) {
  const attached = new DatabaseSync(file);
  attached.prepare("attach ? as copy").run(copy.file);
  const { last } = attached.prepare("select max(rowid) as last from copy.connections").get() ?? {};
  const row = attached
    .prepare(
      `select count(*) as n from (select id from main.connections where rowid <= ?) m full join copy.connections c on c.id = m.id
       where c.id is null or m.id is null`,
    )
    .get(Number(last));
  lacking += Number(row?.["n"] ?? 0);
  attached.close();
}
print(`connections that a copy lacks, or has without the database having them: ${lacking}`);
database.close();
