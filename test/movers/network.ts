import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { missing } from "../check-servers/real-server.ts";
import { CertificateWorkshop, whyNoOpenssl } from "../harness/certificate-authority.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { whyNoLab } from "../harness/network.ts";
import { whyNoNginx } from "../harness/nginx.ts";
import type { MoversServers } from "./servers.ts";

/**
 * A network for a configuration of the earlier tool: two Linux network namespaces joined by a veth pair. Every address of
 * 10.31.0.0/16 is a host of the far one, on which a server answers on each port of the configuration.
 */
export interface MoversNetwork extends AsyncDisposable {
  /** The namespace to scan from. */
  readonly scanner: string;
  /** The authority of the HTTPS certificates there. */
  readonly authorityFile: string;
  /** A host of a section, by its number; the same servers answer on each. `copy`: 0 to 7, default 0. */
  host(section: number, copy?: number): string;
}

/** Why there can be no such network here, or `undefined`. */
export function whyNoMoversNetwork(): string | undefined {
  return (
    whyNoLab() ??
    whyNoOpenssl() ??
    whyNoNginx() ??
    missing("nmap", "curl", "nslookup", "sshd", "mosquitto", "nats-server", "memcached")
  );
}

const sections = 64;
const copies = 8;
const hostOf = (section: number, copy = 0) => `10.31.${copy}.${10 + section}`;

export async function createMoversNetwork(): Promise<MoversNetwork> {
  const scanner = `hb-movers-${process.pid}s`;
  const target = `hb-movers-${process.pid}t`;
  const resolver = `/etc/netns/${scanner}`;
  await using stack = new AsyncDisposableStack();
  const workshop = stack.use(new CertificateWorkshop());
  const authority = workshop.issue({ name: "movers", isAuthority: true });
  const alternativeNames = Array.from(
    { length: sections * copies },
    (_, at) => `IP:${hostOf(at % sections, Math.floor(at / sections))}`,
  );
  const certificate = workshop.issue({ name: "web", issuer: authority, alternativeNames });
  for (const name of [scanner, target]) {
    run("ip", "netns", "add", name);
    stack.defer(() => run("ip", "netns", "del", name));
  }
  mkdirSync(resolver, { recursive: true });
  stack.defer(() => {
    rmSync(resolver, { recursive: true, force: true });
    try {
      rmdirSync("/etc/netns");
    } catch {
      // Other programs have namespaces, too.
    }
  });
  writeFileSync(`${resolver}/resolv.conf`, "nameserver 10.32.0.1\n");
  run("ip", "link", "add", "v0", "netns", scanner, "type", "veth", "peer", "name", "v1", "netns", target);
  for (const [name, link, address] of [
    [scanner, "v0", "10.32.0.2/24"],
    [target, "v1", "10.32.0.1/24"],
  ] as const) {
    run("ip", "-n", name, "addr", "add", address, "dev", link);
    run("ip", "-n", name, "link", "set", "lo", "up");
    run("ip", "-n", name, "link", "set", link, "up");
  }
  run("ip", "-n", target, "route", "add", "local", "10.31.0.0/16", "dev", "lo");
  run("ip", "-n", scanner, "route", "add", "10.31.0.0/16", "via", "10.32.0.1");
  // Servers are on loopback, and packets from elsewhere to it must be allowed.
  run("ip", "netns", "exec", target, "sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
  const program = fileURLToPath(new URL("servers.ts", import.meta.url));
  const args = ["netns", "exec", target, process.execPath, program, certificate.chainFile, certificate.keyFile];
  const servers = spawn("ip", args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } });
  stack.defer(async () => {
    const ended = servers.exitCode === null ? once(servers, "exit") : undefined;
    servers.stdin.end();
    await ended;
    // The real servers are in separate process groups; this namespace has no other processes.
    for (const pid of execFileSync("ip", ["netns", "pids", target], { encoding: "utf8" }).split("\n")) {
      if (/^\d+$/.test(pid)) process.kill(Number(pid), "SIGKILL");
    }
  });
  const { tcp, udp } = await firstLine(servers.stdout);
  const rules = [
    ...tcp.map(([asked, own]) => `    ip daddr 10.31.0.0/16 tcp dport ${asked} dnat to 127.0.0.1:${own}`),
    ...udp.map(([asked, own]) => `    udp dport ${asked} dnat to 127.0.0.1:${own}`),
  ];
  execFileSync("ip", ["netns", "exec", target, "nft", "-f", "-"], {
    input: `table ip movers {\n  chain pre { type nat hook prerouting priority -100;\n${rules.join("\n")}\n  }\n}\n`,
    stdio: ["pipe", "ignore", "pipe"],
    timeout: hangLimitMs,
  });
  const ending = stack.move();
  return {
    scanner,
    authorityFile: authority.certificateFile,
    host: hostOf,
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<MoversServers> {
  for await (const line of createInterface({ input: stream })) return JSON.parse(line) as MoversServers;
  throw new Error("the servers did not start");
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}

/** One `port_*` section. */
export interface MoversSection {
  readonly name: string;
  readonly number: number;
  readonly port: number;
  readonly postCommand: string | undefined;
}

/** The configuration of an earlier tool's user, and its sections in order. `undefined` without the vectors. */
export function readMovers(): { readonly text: string; readonly sections: readonly MoversSection[] } | undefined {
  const vectors = process.env["HARBINGER_VECTORS"];
  if (vectors === undefined || vectors === "") return undefined;
  const text = readFileSync(`${vectors}/movers/harbinger.yaml`, "utf8");
  const sections = text
    .split(/^(?=port_\w+:$)/m)
    .slice(1)
    .map((section, number): MoversSection => {
      const postCommand = /^ {2}post_command: (".*")$/m.exec(section)?.[1];
      return {
        name: /^port_\w+/.exec(section)?.[0] ?? "",
        number,
        port: Number(/^ {2}port: (\d+)$/m.exec(section)?.[1]),
        postCommand: postCommand === undefined ? undefined : String(JSON.parse(postCommand)),
      };
    });
  return { text, sections };
}
