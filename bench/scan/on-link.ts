import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findProgram } from "../../src/platform/programs.ts";
import { whyNoLab } from "../../test/harness/network.ts";
import { createOwnSubnet, type OwnSubnet, type SubnetHost } from "../../test/harness/own-subnet.ts";

/**
 * `harbinger scan` against `nmap -sT -T4 -n` on an own /24 made for it, both as the user nobody: 16 hosts that are up
 * (most refuse connections to closed ports, some drop part of them, two nearly all, one all), the other addresses absent.
 * They alternate, so that both have the same conditions. Needs root (for the network) and nmap.
 *
 *     node bench/scan/on-link.ts [--rounds 5] [--ports 1-200]
 */
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, ports: { type: "string", default: "1-200" } },
});

const range = "10.77.0.0/24";
/** A folder of the user nobody, where Node keeps compiled code between runs as it does for any user. */
let home = os.tmpdir();

const launcher = path.join(import.meta.dirname, "../../bin/harbinger.js");

function hosts(): SubnetHost[] {
  const at = (last: number) => `10.77.0.${last}`;
  const plain = [1, 7, 20, 33, 51, 64, 99, 120, 150, 180].map((last, index) => ({
    address: at(last),
    open: [22, 80, 100 + index],
  }));
  const firewalled = [2, 90, 200].map((last) => ({ address: at(last), open: [22, 80], silent: "130-170" }));
  const closedOff = [30, 210].map((last) => ({ address: at(last), open: [80, 139], otherwise: "drop" as const }));
  return [...plain, ...firewalled, ...closedOff, { address: at(240), otherwise: "drop" }];
}

interface Run {
  readonly seconds: number;
  readonly found: readonly string[];
  readonly status: number | null;
}

/** As nobody, in the scanner's namespace. The time includes the start of the process, for which a user waits too. */
function run(
  subnet: OwnSubnet,
  program: string,
  args: readonly string[],
): { seconds: number; output: string; status: number | null } {
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", program, ...args];
  const [command, commandArgs] = subnet.command("setpriv", nobody);
  const startedAt = performance.now();
  const { stdout: output, status } = spawnSync(command, commandArgs, {
    encoding: "utf8",
    cwd: "/",
    env: { PATH: process.env["PATH"], NO_COLOR: "1", TMPDIR: home },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return { seconds: (performance.now() - startedAt) / 1000, output, status };
}

function ours(subnet: OwnSubnet): Run {
  const { seconds, output, status } = run(subnet, process.execPath, [
    launcher,
    "scan",
    range,
    "-p",
    values.ports,
    "--json",
  ]);
  const found = output.split("\n").flatMap((line) => {
    const [, address, port] = /"address":"([\d.]+)","port":(\d+)/.exec(line) ?? [];
    return address === undefined ? [] : [`${address} ${port}`];
  });
  return { seconds, found: found.sort(), status };
}

function nmap(subnet: OwnSubnet): Run {
  const { seconds, output, status } = run(subnet, "nmap", ["-sT", "-T4", "-n", "-p", values.ports, "-oG", "-", range]);
  const found = [...output.matchAll(/^Host: (\S+) .*?Ports: (.*)$/gm)].flatMap(([, address, ports = ""]) =>
    [...ports.matchAll(/(\d+)\/open\//g)].map(([, port]) => `${address} ${port}`),
  );
  return { seconds, found: found.sort(), status };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

async function compare(): Promise<void> {
  await using subnet = await createOwnSubnet({ hosts: hosts() });
  home = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
  chownSync(home, 65534, 65534);
  process.on("exit", () => rmSync(home, { recursive: true, force: true }));
  const times: { readonly ours: number[]; readonly nmap: number[] } = { ours: [], nmap: [] };
  for (let round = 1; round <= Number(values.rounds); round++) {
    // Entries left in the neighbour table would help the second one.
    const forget = () => execFileSync("ip", ["-n", subnet.scanner, "neigh", "flush", "all", "nud", "all"]);
    const runners = round % 2 === 1 ? (["nmap", "ours"] as const) : (["ours", "nmap"] as const);
    const found: { ours: readonly string[]; nmap: readonly string[] } = { ours: [], nmap: [] };
    let status: number | null = null;
    for (const runner of runners) {
      forget();
      const result = runner === "ours" ? ours(subnet) : nmap(subnet);
      times[runner].push(result.seconds);
      found[runner] = result.found;
      if (runner === "ours") status = result.status;
    }
    const isSame = found.ours.join() === found.nmap.join() ? "equal" : "DIFFERENT";
    const isRight = found.ours.join() === subnet.open.join() ? "all" : "NOT ALL";
    process.stdout.write(
      `round ${round}: harbinger ${times.ours.at(-1)?.toFixed(2)} s, nmap ${times.nmap.at(-1)?.toFixed(2)} s; ` +
        `findings ${isSame} (${found.ours.length}, ${found.nmap.length}); harbinger found ${isRight} of ${subnet.open.length}, exit status ${status}\n`,
    );
  }
  const [we, they] = [median(times.ours), median(times.nmap)];
  process.stdout.write(
    `${range}, ports ${values.ports}, median of ${values.rounds}: harbinger ${we.toFixed(2)} s, nmap ${they.toFixed(2)} s, ` +
      `${(they / we).toFixed(2)} times as fast as nmap -sT -T4 -n\n`,
  );
}

const reason = whyNoLab() ?? (findProgram("nmap") === undefined ? "nmap is not installed" : undefined);
if (reason !== undefined) {
  process.stderr.write(`This benchmark cannot run: ${reason}.\n`);
  process.exitCode = 1;
} else {
  await compare();
}
