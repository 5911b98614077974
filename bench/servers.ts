import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { missing, type RealServer, startServer } from "../test/check-servers/real-server.ts";
import { askNmap, askUs, type Reported } from "./servers/ask.ts";
import { judge, type Row, rowText, tableHead, totals } from "./servers/compare.ts";
import { filesServers } from "./servers/files.ts";
import { mailServers } from "./servers/mail.ts";
import { otherServers } from "./servers/others.ts";
import type { ServerCase } from "./servers/server-case.ts";
import { webServers } from "./servers/web.ts";

/**
 * Real servers of Debian, each started in turn, and the results of the checks `service` and `exposure` beside `nmap -sV`:
 * protocol, product, version, verdict, seconds. The right versions are those of the installed packages. All ports are
 * in a separate network namespace (root), so that every server has its usual port; `--free` uses any free port instead.
 *
 *     node bench/servers.ts                     all that are installed, as a table in Markdown (20 minutes)
 *     node bench/servers.ts NAME...             these alone
 *     node bench/servers.ts --packages          what to install
 *     node bench/servers.ts --without-nmap      ours alone (5 minutes)
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    packages: { type: "boolean", default: false },
    free: { type: "boolean", default: false },
    "without-nmap": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const all = [...mailServers, ...filesServers, ...webServers, ...otherServers];
const chosen = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name));

if (values.packages) {
  const names = new Set(chosen.flatMap((server) => [server.package, ...(server.alsoNeeds ?? [])]));
  process.stdout.write(`${[...names].sort().join(" ")}\n`);
} else if (process.env["HARBINGER_BENCH_INSIDE"] === undefined) {
  enterNamespace();
} else {
  await compare();
}

/** This program again, where no port is in use and no other host is reachable. */
function enterNamespace(): void {
  const script = 'ip link set lo up && exec "$@"';
  const command = [process.execPath, import.meta.filename, ...process.argv.slice(2)];
  const { status } = spawnSync("unshare", ["--net", "sh", "-c", script, "sh", ...command], {
    stdio: "inherit",
    env: { ...process.env, HARBINGER_BENCH_INSIDE: "yes" },
  });
  process.exitCode = status ?? 1;
}

async function compare(): Promise<void> {
  const nmap = execFileSync("nmap", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
  process.stdout.write(`${nmap}; node ${process.version}; ${new Date().toISOString().slice(0, 10)}\n\n${tableHead}\n`);
  const rows: Row[] = [];
  for (const server of chosen) {
    const absent = missing(server.program);
    if (absent !== undefined) {
      process.stderr.write(`${server.name}: ${absent} (package ${server.package})\n`);
      continue;
    }
    const row = await compareOne(server);
    if (row === undefined) continue;
    rows.push(row);
    process.stdout.write(`${rowText(row)}\n`);
    if (values.json) process.stderr.write(`${JSON.stringify(row)}\n`);
  }
  process.stdout.write(`\n${totals(rows)}\n`);
}

async function compareOne(server: ServerCase): Promise<Row | undefined> {
  let started: RealServer;
  try {
    started = await startServer({
      program: "sh",
      ...(!values.free && { port: server.port }),
      arguments: (port, folder) => ["-ec", server.run, "sh", String(port), folder],
      startsWithinMs: 30_000,
      ...(server.environment !== undefined && { environment: server.environment }),
    });
  } catch (error) {
    process.stderr.write(`${server.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
  await using running = started;
  await sleep((server.settleSeconds ?? 1) * 1000);
  const ours = await askUs(running.port);
  const nmaps: Reported = values["without-nmap"] ? { seconds: 0 } : await askNmap(running.port);
  return judge(server, ours, nmaps);
}
