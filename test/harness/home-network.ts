import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { hangLimitMs } from "./hang-limit.ts";
import { takeNeighbourRoom } from "./neighbour-room.ts";

/**
 * A small network as in a home: hosts (a network namespace each) on one switch (a Linux bridge), one of them
 * the scanning machine, and a router with a network behind it. Hosts can join, leave, open ports and get another MAC
 * address while it runs. Needs root and iproute2 (see `whyNoLab`); nftables for silent hosts.
 */
export interface HomeHost {
  readonly name: string;
  readonly mac: string;
  /** With prefix length: `192.168.50.10/24`. */
  readonly addresses: readonly string[];
  /** What it sends on each port to a new client; empty: nothing. */
  readonly ports?: Readonly<Record<number, string>>;
  /** Drops all packets except ARP and neighbour discovery. */
  readonly silent?: boolean;
}

export interface HomeNetwork extends AsyncDisposable {
  /** Runs a program on the machine that scans. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
  /** The same on a host. */
  on(host: string, program: string, args: readonly string[]): readonly [string, readonly string[]];
  join(host: HomeHost): Promise<void>;
  /** Unplugs it: the link goes down without any packet. */
  leave(name: string): Promise<void>;
  open(host: string, port: number, banner?: string): Promise<void>;
  setMac(host: string, mac: string): void;
}

let networks = 0;

/**
 * @param hosts the first one scans
 * @param options `behindRouter`: a host of another network, which is reached through the host named `router`; `neighbours`: how many addresses
 *   are probed at a time, if more than 254
 */
export async function createHomeNetwork(
  hosts: readonly HomeHost[],
  options: { readonly behindRouter?: HomeHost; readonly neighbours?: number } = {},
): Promise<HomeNetwork> {
  networks += 1;
  const network = new Network(`hb-${process.pid}-h${networks}`, await takeNeighbourRoom(options.neighbours));
  try {
    network.createSwitch();
    for (const host of hosts) await network.join(host);
    if (options.behindRouter !== undefined) await network.joinBehind("router", options.behindRouter);
    return network;
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

class Network implements HomeNetwork {
  readonly #prefix: string;
  readonly #room: Disposable;
  readonly #servers = new Map<string, ChildProcess[]>();
  readonly #namespaces: string[] = [];
  #scanner: string | undefined;

  constructor(prefix: string, room: Disposable) {
    this.#prefix = prefix;
    this.#room = room;
  }

  createSwitch(): void {
    this.#add("switch");
    ip("-n", this.#namespace("switch"), "link", "add", "br0", "type", "bridge", "forward_delay", "0");
    run("ip", ["netns", "exec", this.#namespace("switch"), "sysctl", "-qw", "net.ipv6.conf.br0.disable_ipv6=1"]);
    ip("-n", this.#namespace("switch"), "link", "set", "br0", "up");
  }

  command(program: string, args: readonly string[]) {
    if (this.#scanner === undefined) throw new Error("no host scans");
    return this.on(this.#scanner, program, args);
  }

  on(host: string, program: string, args: readonly string[]): readonly [string, readonly string[]] {
    return ["ip", ["netns", "exec", this.#namespace(host), program, ...args]];
  }

  async join(host: HomeHost): Promise<void> {
    this.#scanner ??= host.name;
    this.#add(host.name);
    this.#connect(host, "switch", "br0");
    await this.#serve(host);
  }

  async joinBehind(router: string, host: HomeHost): Promise<void> {
    this.#add(host.name);
    const [address = ""] = host.addresses;
    const gateway = address.replace(/\d+\/(\d+)$/, "1/$1");
    const far = this.#namespace(router);
    ip("-n", far, "link", "add", "lan1", "type", "veth", "peer", "name", "eth0", "netns", this.#namespace(host.name));
    ip("-n", far, "addr", "add", gateway, "dev", "lan1");
    ip("-n", far, "link", "set", "lan1", "up");
    run("ip", ["netns", "exec", far, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    this.#configure(host);
    ip("-n", this.#namespace(host.name), "route", "add", "default", "via", gateway.replace(/\/\d+$/, ""));
    await this.#serve(host);
  }

  async leave(name: string): Promise<void> {
    ip("-n", this.#namespace(name), "link", "set", "eth0", "down");
    await Promise.all((this.#servers.get(name) ?? []).map(end));
    this.#servers.delete(name);
  }

  async open(host: string, port: number, banner = ""): Promise<void> {
    await this.#listen(host, { [port]: banner });
  }

  setMac(host: string, mac: string): void {
    for (const state of ["down", "up"]) {
      ip("-n", this.#namespace(host), "link", "set", "eth0", ...(state === "down" ? ["down"] : ["address", mac]));
      ip("-n", this.#namespace(host), "link", "set", "eth0", state);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].flat().map(end));
    for (const namespace of this.#namespaces) {
      try {
        ip("netns", "del", namespace);
      } catch {
        // It was not made.
      }
    }
    this.#room[Symbol.dispose]();
  }

  #namespace(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  #add(name: string): void {
    const namespace = this.#namespace(name);
    this.#namespaces.push(namespace);
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
  }

  #connect(host: HomeHost, to: string, bridge: string): void {
    const port = `p${this.#namespaces.length}`;
    const hub = this.#namespace(to);
    ip("-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", this.#namespace(host.name));
    ip("-n", hub, "link", "set", port, "master", bridge, "up");
    this.#configure(host);
  }

  #configure(host: HomeHost): void {
    const namespace = this.#namespace(host.name);
    // A separate host may answer immediately: no other one can have its IPv6 address.
    run("ip", ["netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=0"]);
    ip("-n", namespace, "link", "set", "eth0", "address", host.mac);
    ip("-n", namespace, "link", "set", "eth0", "up");
    for (const address of host.addresses) ip("-n", namespace, "addr", "add", address, "dev", "eth0");
    if (host.silent !== true) return;
    execFileSync("ip", ["netns", "exec", namespace, "nft", "-f", "-"], {
      input: "table ip silent {\n  chain in { type filter hook input priority 0; policy drop; }\n}\n",
      stdio: ["pipe", "ignore", "pipe"],
      timeout: hangLimitMs,
    });
  }

  async #serve(host: HomeHost): Promise<void> {
    if (Object.keys(host.ports ?? {}).length > 0) await this.#listen(host.name, host.ports ?? {});
  }

  async #listen(host: string, ports: Readonly<Record<number, string>>): Promise<void> {
    const program = `
      const { createServer } = require("node:net");
      const ports = Object.entries(JSON.parse(process.argv[1]));
      let open = 0;
      for (const [port, says] of ports) {
        const server = createServer((socket) => {
          socket.on("error", () => {});
          if (says !== "") socket.end(says);
          else socket.setTimeout(2000, () => socket.destroy());
        });
        server.listen({ port: Number(port), host: "0.0.0.0" }, () => { if (++open === ports.length) console.log("ready"); });
      }`;
    const [command, args] = this.on(host, process.execPath, ["-e", program, JSON.stringify(ports)]);
    const server = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#servers.set(host, [...(this.#servers.get(host) ?? []), server]);
    await Promise.race([
      once(server.stdout, "data"),
      once(server, "exit").then(() => Promise.reject(new Error(`the server of ${host} did not start`))),
    ]);
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill("SIGKILL");
  await exited;
}

function ip(...args: string[]): void {
  run("ip", args);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}
