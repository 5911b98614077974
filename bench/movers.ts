import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseAddress } from "../src/core/address.ts";
import { runCommandLineWithChecks } from "../src/outbound/check/post-command/command-line-with-checks.ts";
import { createPostCommand } from "../src/outbound/check/post-command/post-command.ts";
import { createChecks } from "../src/outbound/check/registry.ts";
import { systemClock } from "../src/platform/system-clock.ts";
import { createMoversNetwork, type MoversNetwork, readMovers, whyNoMoversNetwork } from "../test/movers/network.ts";

/**
 * Every post_command of an earlier tool's configuration (48 sections) for each new host of its section: all at once, as a run does it,
 * against one after the other, in one run. The hosts are a network of namespaces without any delay; the longest line is
 * `nmap -sV` on a Windows desktop's port, so that the ratio follows the number of hosts. Root, and HARBINGER_VECTORS, are needed.
 *
 *     HARBINGER_VECTORS=... node bench/movers.ts                 4 hosts in each section (a minute and a half)
 *     HARBINGER_VECTORS=... node bench/movers.ts --copies 1      one
 */
const { values } = parseArgs({
  options: { copies: { type: "string", default: "4" }, hosts: { type: "string" } },
});

const movers = readMovers();
if (movers === undefined) throw new Error("HARBINGER_VECTORS names no folder with movers/harbinger.yaml");
const lines = Array.from({ length: Number(values.copies) }, (_, copy) => copy)
  .flatMap((copy) =>
    movers.sections.flatMap(({ number, port, postCommand }) =>
      postCommand === undefined ? [] : [{ number, copy, port, postCommand }],
    ),
  )
  .map((line, id) => ({ ...line, id }));
type Line = (typeof lines)[number];

if (values.hosts === undefined) await fromOutside();
else await inside(values.hosts.split(","));

/** Makes the network, and runs this program in it. */
async function fromOutside(): Promise<void> {
  const absent = whyNoMoversNetwork();
  if (absent !== undefined) throw new Error(absent);
  await using network: MoversNetwork = await createMoversNetwork();
  const hosts = lines.map(({ number, copy }) => network.host(number, copy));
  const own = [fileURLToPath(import.meta.url), "--copies", values.copies, "--hosts", hosts.join()];
  const child = spawn("ip", ["netns", "exec", network.scanner, process.execPath, ...own], {
    stdio: "inherit",
    env: { ...process.env, CURL_CA_BUNDLE: network.authorityFile },
  });
  await once(child, "exit");
  process.exitCode = child.exitCode ?? 1;
}

async function inside(hosts: readonly string[]): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
  process.chdir(folder);
  const checks = createChecks({ directory: folder, clock: systemClock });
  const runPostCommand = createPostCommand({ runCommandLine: runCommandLineWithChecks({ checks }) });
  const { signal } = new AbortController();
  const slowest: { seconds: number; line: string }[] = [];
  const ask = async ({ id, number, port, postCommand }: Line): Promise<boolean> => {
    const host = parseAddress(hosts[id] ?? "");
    if (host === undefined) throw new Error(`no host for section ${number}`);
    const startedAt = performance.now();
    const result = await runPostCommand(postCommand, { host, port }, signal);
    const isWell = result?.succeeded === true;
    if (!isWell) process.stdout.write(`section ${number}: ${result?.evidence}\n`);
    slowest.push({ seconds: (performance.now() - startedAt) / 1000, line: postCommand });
    return isWell;
  };
  const together = await measure("all at once", () => Promise.all(lines.map(ask)));
  slowest.length = 0;
  const apart = await measure("one after the other", async () => {
    const outcomes: boolean[] = [];
    for (const line of lines) outcomes.push(await ask(line));
    return outcomes;
  });
  process.stdout.write(`ratio ${(together / apart).toFixed(3)} (${(apart / together).toFixed(1)} times as fast)\n`);
  for (const { seconds, line } of slowest.sort((a, b) => b.seconds - a.seconds).slice(0, 5)) {
    process.stdout.write(`  ${seconds.toFixed(2)} s alone: ${line}\n`);
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

async function measure(name: string, run: () => Promise<readonly boolean[]>): Promise<number> {
  const startedAt = performance.now();
  const outcomes = await run();
  const seconds = (performance.now() - startedAt) / 1000;
  const well = outcomes.filter((outcome) => outcome).length;
  process.stdout.write(
    `${name.padEnd(22)} ${seconds.toFixed(2)} s, ${well} of ${outcomes.length} with exit status 0\n`,
  );
  if (well !== outcomes.length) process.exitCode = 1;
  return seconds;
}
