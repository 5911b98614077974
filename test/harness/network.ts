import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { findProgram } from "../../src/platform/programs.ts";
import { hangLimitMs } from "./hang-limit.ts";
import { takeNeighbourRoom, wholeTable } from "./neighbour-room.ts";

/**
 * A separate network: two Linux network namespaces joined by a veth pair. A whole range is in the far one, behind a
 * route; some of its addresses answer on one TCP port, some refuse, the others are silent. Needs root, iproute2, nftables.
 */
export interface LabOptions {
  /** Prefix length of the range around 10.30.0.0, 8 to 26. Default 22. */
  readonly prefix?: number;
  /** One of this many addresses answers and one refuses; a power of two, at least 4. Default 64. */
  readonly every?: number;
  /** The TCP port that answers. Default 80. */
  readonly port?: number;
  /** Share of packets lost in each direction, in percent. */
  readonly lossPercent?: number;
  /** The first SYN to each address is lost, as on a congested network or with a host that wakes up. */
  readonly firstSynLost?: boolean;
  /** The link's rate for answers, in kilobits per second: answers queue up and arrive late. */
  readonly answerKilobits?: number;
  /** The range is on the link itself (its absent hosts do not answer ARP) instead of behind a router. */
  readonly onLink?: boolean;
}

export interface Lab extends AsyncDisposable {
  /** The namespace to scan from. */
  readonly scanner: string;
  /** The namespace of the range; it is the scanner's router. */
  readonly target: string;
  /** The range as a target. */
  readonly range: string;
  readonly port: number;
  readonly addresses: number;
  /** The addresses that answer. */
  readonly answering: readonly string[];
  /** Command and arguments that run a program in the scanner's namespace. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

/** Why there can be no lab here, or `undefined`. */
export function whyNoLab(): string | undefined {
  if (process.platform !== "linux") return "network namespaces exist on Linux only";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  for (const program of ["ip", "nft", "tc", "sysctl"])
    if (findProgram(program) === undefined) return `${program} is not installed`;
  const name = `hb-try-${process.pid}`;
  try {
    run("ip", "netns", "add", name);
    run("ip", "netns", "del", name);
    return undefined;
  } catch {
    return "this machine does not allow network namespaces";
  }
}

let labs = 0;

/** 10.30.0.0, which the range of every lab contains. */
const inside = 10 * 0x100_0000 + 30 * 0x1_0000;
/** Which addresses of each block of `every` answer and refuse. */
const answeringOffset = 1;
const refusingOffset = 2;

export async function createLab(options: LabOptions = {}): Promise<Lab> {
  const { prefix = 22, every = 64, port = 80 } = options;
  const room = options.onLink === true ? await takeNeighbourRoom(wholeTable) : undefined;
  labs += 1;
  const scanner = `hb-${process.pid}-${labs}s`;
  const target = `hb-${process.pid}-${labs}t`;
  const addresses = 2 ** (32 - prefix);
  const base = inside - (inside % addresses);
  const range = `${dotted(base)}/${prefix}`;
  let server: ChildProcess | undefined;
  const destroy = async () => {
    if (server !== undefined && server.exitCode === null && server.signalCode === null) {
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
    }
    for (const name of [scanner, target]) {
      try {
        run("ip", "netns", "del", name);
      } catch {
        // It was not made yet.
      }
    }
    room?.[Symbol.dispose]();
  };
  try {
    run("ip", "netns", "add", scanner);
    run("ip", "netns", "add", target);
    run("ip", "link", "add", "v0", "netns", scanner, "type", "veth", "peer", "name", "v1", "netns", target);
    for (const [name, link, address] of [
      [scanner, "v0", "10.20.0.2/24"],
      [target, "v1", "10.20.0.1/24"],
    ] as const) {
      run("ip", "-n", name, "addr", "add", address, "dev", link);
      run("ip", "-n", name, "link", "set", "lo", "up");
      run("ip", "-n", name, "link", "set", link, "up");
    }
    const absentHostsAreSilent = options.onLink !== true;
    if (absentHostsAreSilent) {
      run("ip", "-n", target, "route", "add", "local", range, "dev", "lo");
      run("ip", "-n", scanner, "route", "add", range, "via", "10.20.0.1");
    } else {
      run("ip", "-n", scanner, "route", "add", range, "dev", "v0");
      for (let at = 0; at < addresses; at += every) {
        run("ip", "-n", target, "addr", "add", `${dotted(base + at + answeringOffset)}/32`, "dev", "v1");
        run("ip", "-n", target, "addr", "add", `${dotted(base + at + refusingOffset)}/32`, "dev", "v1");
      }
    }
    for (const setting of [
      "net.core.somaxconn=65535",
      "net.ipv4.tcp_max_syn_backlog=65535",
      "net.ipv4.tcp_syncookies=1",
    ])
      run("ip", "netns", "exec", target, "sysctl", "-qw", setting);
    const block = `ip daddr ${range} ip daddr & 0.0.${(every - 1) >> 8}.${(every - 1) & 255}`;
    const lose =
      options.lossPercent === undefined
        ? []
        : [`    meta l4proto tcp numgen random mod 1000 < ${options.lossPercent * 10} drop`];
    const loseFirst =
      options.firstSynLost === true
        ? ["    tcp flags syn ip daddr . tcp dport != @known add @known { ip daddr . tcp dport } drop"]
        : [];
    filter(target, [
      "  set known { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 10m; size 65536; }",
      "  chain early { type filter hook prerouting priority -300; policy accept;",
      `    ${block} != { 0.0.0.${answeringOffset}, 0.0.0.${refusingOffset} } drop`,
      ...lose,
      ...loseFirst,
      "  }",
      "  chain late { type filter hook input priority 0; policy accept;",
      `    ${block} == 0.0.0.${refusingOffset} meta l4proto tcp reject with tcp reset`,
      "  }",
    ]);
    filter(scanner, ["  chain early { type filter hook prerouting priority -300; policy accept;", ...lose, "  }"]);
    shape(target, "v1", options);
    server = await startServer(target, port);
  } catch (error) {
    await destroy();
    throw error;
  }
  const answering: string[] = [];
  for (let at = answeringOffset; at < addresses; at += every) answering.push(dotted(base + at));
  return {
    scanner,
    target,
    range,
    port,
    addresses,
    answering,
    command: (program, args) => ["ip", ["netns", "exec", scanner, program, ...args]],
    [Symbol.asyncDispose]: destroy,
  };
}

function filter(namespace: string, lines: readonly string[]): void {
  execFileSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], {
    input: ["table ip lab {", ...lines, "}"].join("\n"),
    stdio: ["pipe", "ignore", "pipe"],
    timeout: hangLimitMs,
  });
}

/** Delays packets that leave `link`. */
function shape(namespace: string, link: string, { answerKilobits }: LabOptions): void {
  if (answerKilobits === undefined) return;
  const tc = (...args: string[]) =>
    run("ip", "netns", "exec", namespace, "tc", "qdisc", "add", "dev", link, "root", ...args);
  tc("tbf", "rate", `${answerKilobits}kbit`, "burst", "2000", "latency", "3000ms");
}

/** A real server on all addresses of the namespace; it closes each connection. */
async function startServer(namespace: string, port: number): Promise<ChildProcess> {
  const program = `
    const server = require("node:net").createServer((socket) => { socket.on("error", () => {}); socket.end(); });
    server.listen({ port: ${port}, host: "0.0.0.0", backlog: 65535 }, () => console.log("ready"));
  `;
  const server = spawn("ip", ["netns", "exec", namespace, process.execPath, "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([
    once(server.stdout, "data"),
    once(server, "exit").then(() => Promise.reject(new Error("the server of the lab did not start"))),
  ]);
  return server;
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}
