import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { hangLimitMs } from "./hang-limit.ts";
import { takeNeighbourRoom } from "./neighbour-room.ts";

/**
 * A separate subnet: two Linux network namespaces joined by a veth pair, the scanner in one, all other hosts as
 * addresses of the far one. Addresses that are not given get no ARP reply. Needs what a lab needs
 * (`whyNoLab` of network.ts).
 */
export interface OwnSubnetOptions {
  /**
   * Address and prefix length of each interface of the scanner, in order: `v0`, `v1` ... Default one: `10.77.0.254/24`.
   */
  readonly scanner?: readonly string[];
  readonly hosts: readonly SubnetHost[];
  /** Share of packets lost in each direction, in percent. ARP is lost, too. */
  readonly lossPercent?: number;
}

export interface SubnetHost {
  readonly address: string;
  readonly open?: readonly number[];
  /** `refuse` (the default) or `drop` packets to closed ports, or answer ICMP "host prohibited", as firewalld does. */
  readonly otherwise?: "refuse" | "drop" | "prohibit";
  /** Ports whose packets are dropped, independent of `otherwise`; nft's notation: `100-140`. */
  readonly silent?: string;
}

export interface OwnSubnet extends AsyncDisposable {
  /** The namespaces, for `ip -n`. */
  readonly scanner: string;
  readonly target: string;
  /** `address port` of everything open, sorted. */
  readonly open: readonly string[];
  /** Command and arguments that run a program in the scanner's namespace. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

let subnets = 0;

export async function createOwnSubnet(options: OwnSubnetOptions): Promise<OwnSubnet> {
  const { scanner: interfaces = ["10.77.0.254/24"], hosts, lossPercent } = options;
  const room = await takeNeighbourRoom();
  subnets += 1;
  const scanner = `hb-own-${process.pid}-${subnets}s`;
  const target = `hb-own-${process.pid}-${subnets}t`;
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
    room[Symbol.dispose]();
  };
  try {
    for (const name of [scanner, target]) {
      run("ip", "netns", "add", name);
      run("ip", "-n", name, "link", "set", "lo", "up");
    }
    // All interfaces of the far side answer ARP for its own addresses only, and for all of them.
    for (const [index, address] of interfaces.entries()) {
      const [near, far] = [`v${index}`, `w${index}`];
      run("ip", "link", "add", near, "netns", scanner, "type", "veth", "peer", "name", far, "netns", target);
      run("ip", "-n", scanner, "addr", "add", address, "dev", near);
      run("ip", "-n", scanner, "link", "set", near, "up");
      run("ip", "-n", target, "link", "set", far, "up");
      run("ip", "-n", target, "route", "add", address.replace(/\/\d+$/, "/32"), "dev", far);
    }
    for (const { address } of hosts) run("ip", "-n", target, "addr", "add", `${address}/32`, "dev", "w0");
    run("ip", "netns", "exec", target, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");
    filter(target, rules(hosts));
    if (lossPercent !== undefined) for (const name of [scanner, target]) filter(name, losses(lossPercent));
    server = await startServer(target, [...new Set(hosts.flatMap(({ open }) => open ?? []))]);
  } catch (error) {
    await destroy();
    throw error;
  }
  return {
    scanner,
    target,
    open: hosts.flatMap(({ address, open }) => (open ?? []).map((port) => `${address} ${port}`)).sort(),
    command: (program, args) => ["ip", ["netns", "exec", scanner, program, ...args]],
    [Symbol.asyncDispose]: destroy,
  };
}

function filter(namespace: string, text: string): void {
  execFileSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], {
    input: text,
    stdio: ["pipe", "ignore", "inherit"],
    timeout: hangLimitMs,
  });
}

function losses(percent: number): string {
  const drop = `numgen random mod 1000 < ${percent * 10} drop`;
  const chain = ["chain early {", "type filter hook input priority -300; policy accept;", drop, "}", "}"];
  return ["table ip losses {", ...chain, "table arp losses {", ...chain, ""].join("\n");
}

const verdicts = {
  refuse: "reject with tcp reset",
  drop: "drop",
  prohibit: "reject with icmp type host-prohibited",
} as const;

function rules(hosts: readonly SubnetHost[]): string {
  const lines = hosts.flatMap(({ address, open = [], otherwise = "refuse", silent }) => {
    const to = `ip daddr ${address} meta l4proto tcp`;
    return [
      ...(silent === undefined ? [] : [`${to} tcp dport { ${silent} } drop`]),
      ...(open.length === 0 ? [] : [`${to} tcp dport { ${open.join(", ")} } accept`]),
      `${to} ${verdicts[otherwise]}`,
    ];
  });
  return [
    "table ip lab {",
    "chain late {",
    "type filter hook input priority 0; policy accept;",
    ...lines,
    "}",
    "}",
    "",
  ].join("\n");
}

/** Real servers on all addresses of the namespace; they close each connection. */
async function startServer(namespace: string, ports: readonly number[]): Promise<ChildProcess> {
  const program = `
    const ports = ${JSON.stringify(ports)};
    const net = require("node:net");
    const hold = setInterval(() => {}, 1 << 30);
    Promise.all(ports.map((port) => new Promise((done) =>
      net.createServer((socket) => { socket.on("error", () => {}); socket.end(); }).listen(port, "0.0.0.0", done),
    ))).then(() => console.log("ready"));
  `;
  const server = spawn("ip", ["netns", "exec", namespace, process.execPath, "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([
    once(server.stdout, "data"),
    once(server, "exit").then(() => Promise.reject(new Error("the servers of the subnet did not start"))),
  ]);
  return server;
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}
