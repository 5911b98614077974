import { execFileSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { findProgram } from "../../src/platform/programs.ts";
import { createLab, type Lab, whyNoLab } from "../../test/harness/network.ts";

/**
 * The built-in scanner against `nmap -n -Pn -sT -T4 --open` on a network made for it: a routed range in which one
 * address in 64 answers, one in 64 refuses, and the others are silent; one port. Needs root and nmap.
 *
 *     node bench/scan/versus-nmap.ts                 both, on a /18 (about 90 seconds)
 *     node bench/scan/versus-nmap.ts --memory        a minute of a /8: peak memory, and whether it grows
 */
const { values } = parseArgs({
  options: {
    prefix: { type: "string", default: "18" },
    memory: { type: "boolean", default: false },
    seconds: { type: "string", default: "60" },
    "skip-nmap": { type: "boolean", default: false },
  },
});

const scanOnce = path.join(import.meta.dirname, "../../test/harness/scan-once.ts");

const ourResult = z.object({
  ms: z.number(),
  status: z.string(),
  done: z.number(),
  peakMegabytes: z.number(),
  residentMegabytes: z.array(z.number()),
  found: z.array(z.string()),
});

interface Measured {
  readonly name: string;
  readonly seconds: number;
  readonly found: ReadonlySet<string>;
}

function run(lab: Lab, program: string, args: readonly string[], openFiles?: number): string {
  const [command, commandArgs] = lab.command(program, args);
  const limit = openFiles === undefined ? "" : `ulimit -n ${openFiles}; `;
  return execFileSync("/bin/sh", ["-c", `${limit}exec "$0" "$@"`, command, ...commandArgs], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}

/** The time includes the start of the process, for which a user waits too. */
function ours(lab: Lab, openFiles?: number): Measured {
  const startedAt = performance.now();
  const output = run(lab, process.execPath, [scanOnce, lab.range, String(lab.port)], openFiles);
  const seconds = (performance.now() - startedAt) / 1000;
  const name = openFiles === undefined ? "built-in scanner" : `built-in scanner, ulimit -n ${openFiles}`;
  return { name, seconds, found: new Set(ourResult.parse(JSON.parse(output)).found) };
}

function nmap(lab: Lab): Measured {
  const startedAt = performance.now();
  const output = run(lab, "nmap", ["-n", "-Pn", "-sT", "-T4", "--open", "-p", String(lab.port), "-oG", "-", lab.range]);
  const seconds = (performance.now() - startedAt) / 1000;
  const found = [...output.matchAll(/^Host: (\S+) .*\d+\/open\//gm)].flatMap((match) => match[1] ?? []);
  return { name: "nmap -n -Pn -sT -T4 --open", seconds, found: new Set(found) };
}

function report(lab: Lab, results: readonly Measured[]): void {
  const slowest = results.find(({ name }) => name.startsWith("nmap"));
  for (const { name, seconds, found } of results) {
    const met = lab.answering.filter((address) => found.has(address)).length;
    const ratio = slowest === undefined ? "" : `  ${(slowest.seconds / seconds).toFixed(1)} times as fast as nmap`;
    const wrong = found.size - met;
    process.stdout.write(
      `${name.padEnd(36)} ${seconds.toFixed(2).padStart(7)} s  recall ${met}/${lab.answering.length}, ${wrong} false${ratio}\n`,
    );
  }
}

async function compare(): Promise<void> {
  await using lab = await createLab({ prefix: Number(values.prefix) });
  process.stdout.write(`${lab.range}, routed, ${lab.answering.length} of ${lab.addresses} addresses answer\n`);
  const withNmap = values["skip-nmap"] !== true && findProgram("nmap") !== undefined;
  report(lab, [...(withNmap ? [nmap(lab)] : []), ours(lab), ours(lab, 1024)]);
}

async function memory(): Promise<void> {
  await using lab = await createLab({ prefix: 8 });
  const output = run(lab, process.execPath, [scanOnce, lab.range, String(lab.port), values.seconds ?? "60"]);
  const { done, peakMegabytes, residentMegabytes } = ourResult.parse(JSON.parse(output));
  process.stdout.write(`${lab.range}: ${done} endpoints settled in ${values.seconds} s, peak ${peakMegabytes} MB\n`);
  process.stdout.write(`resident every 5 s, in MB: ${residentMegabytes.join(" ")}\n`);
}

const reason = whyNoLab();
if (reason !== undefined) {
  process.stderr.write(`This benchmark cannot run: ${reason}.\n`);
  process.exitCode = 1;
} else {
  await (values.memory ? memory() : compare());
}
