/**
 * Runs clients of Debian against a decoy and prints the identification of each:
 * `node bench/inbound/clients.ts [--save FOLDER] [NAME...]`. Clients that are not installed are left out and listed. With
 * `--save`, the first bytes of each are written to FOLDER, one file per client.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Connection } from "../../src/core/connection.ts";
import { findProgram } from "../../src/platform/programs.ts";
import { describeIdentification } from "../../src/present/connections/identification-words.ts";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { startXServer } from "../../test/harness/x-server.ts";
import { Decoy } from "../../test/inbound/decoy.ts";
import { clientList, type ListedClient } from "./client-list.ts";

const { values, positionals } = parseArgs({ options: { save: { type: "string" } }, allowPositionals: true });
const atOnce = 4;
const newerFileWaitMs = 9000;

async function firstConnection(client: ListedClient): Promise<Connection | undefined> {
  const { command, banner, typed, files, environment, port } = client;
  using home = temporaryFolder();
  await using screen = client.needsDisplay === true ? await startXServer() : undefined;
  await using decoy = await Decoy.start({
    ...(port !== undefined && { ports: [port] }),
    banner: banner ?? "",
    capture: { client_time: banner === undefined ? "2s" : "300ms", banner_time: "3s" },
  });
  const withPort = (text: string) => text.replaceAll("PORT", `${decoy.port}`);
  for (const [name, text] of Object.entries(files ?? {}))
    writeFileSync(path.join(home.path, name), withPort(text), { mode: 0o600 });
  const [program = "", ...words] = command.map(withPort);
  const child = spawn(program, words, {
    cwd: home.path,
    env: {
      PATH: process.env["PATH"],
      LD_LIBRARY_PATH: process.env["LD_LIBRARY_PATH"],
      HOME: home.path,
      LC_ALL: "C",
      ...(screen !== undefined && { DISPLAY: screen.display }),
      ...Object.fromEntries(Object.entries(environment ?? {}).map(([name, text]) => [name, withPort(text)])),
    },
    stdio: ["pipe", "ignore", "ignore"],
  });
  const closed = once(child, "close").catch(() => {});
  child.stdin.on("error", () => {});
  if (typed === undefined) child.stdin.end();
  else if (client.ends === true) child.stdin.end(typed);
  else child.stdin.write(typed);
  try {
    return await Promise.race([closedWithBytes(decoy), closed.then(() => sleep(1500)), sleep(newerFileWaitMs)]).then(
      () => decoy.connections.find(({ bytes }) => bytes > 0) ?? decoy.connections[0],
    );
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
}

/** Resolves as soon as a connection that sent something is closed. */
async function closedWithBytes(decoy: Decoy): Promise<void> {
  for (let count = 1; ; count++) {
    const connections = await decoy.seen(count);
    if (connections.some(({ bytes }) => bytes > 0)) return;
  }
}

interface Row {
  readonly client: string;
  readonly wanted: string;
  readonly reported: string;
  readonly verdict: "right" | "unknown" | "wrong" | "silent" | "not run";
  readonly details: string;
}

async function run(entry: ListedClient): Promise<Row> {
  const { client, protocol: wanted, command } = entry;
  const row = (verdict: Row["verdict"], reported = "", details = ""): Row => ({
    client,
    wanted,
    reported,
    verdict,
    details,
  });
  if (findProgram(command[0] ?? "") === undefined) return row("not run");
  const connection = await firstConnection(entry);
  if (connection === undefined || connection.bytes === 0) return row("silent");
  if (values.save !== undefined) {
    mkdirSync(values.save, { recursive: true });
    writeFileSync(path.join(values.save, `${wanted}--${client.replaceAll(/[^\w+-]+/g, "-")}.bin`), connection.payload);
  }
  const { protocol, scanner, alsoSentBy } = connection.identification;
  const marks = [scanner && `scanner ${scanner}`, alsoSentBy && `also sent by: ${alsoSentBy.clients}`].filter(Boolean);
  const details = [describeIdentification(connection.identification), ...marks].join("; ");
  const verdict = protocol === wanted ? "right" : protocol === "unknown" ? "unknown" : "wrong";
  return row(verdict, protocol, details);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const wanted = clientList.filter(({ client }) => positionals.length === 0 || positionals.includes(client));
const rows: Row[] = [];
const queue = [...wanted];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) rows.push(await run(entry));
  }),
);
rows.sort(
  (left, right) =>
    wanted.findIndex((a) => a.client === left.client) - wanted.findIndex((a) => a.client === right.client),
);
print("| client | it is | we say | verdict | details |\n|---|---|---|---|---|");
for (const { client, wanted: is, reported, verdict, details } of rows)
  print(`| ${client} | ${is} | ${reported} | ${verdict} | ${details.replaceAll("|", "\\|")} |`);
const count = (verdict: Row["verdict"]) => rows.filter((row) => row.verdict === verdict).length;
print(
  `\n${rows.length} clients: ${count("right")} right, ${count("unknown")} unknown, ${count("wrong")} wrong, ${count("silent")} said nothing, ${count("not run")} not run`,
);
