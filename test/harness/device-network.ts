import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { findProgram } from "../../src/platform/programs.ts";
import { hangLimitMs } from "./hang-limit.ts";
import { launcherOf } from "./launchers.ts";
import { takeNeighbourRoom } from "./neighbour-room.ts";

/**
 * A separate local network: a network namespace with a bridge, 192.168.50.1/24, in which the program under test runs,
 * and a namespace for each host that joins. No packet reaches any other network. Needs root and iproute2.
 */
export interface DeviceNetwork extends AsyncDisposable {
  /** Puts a host on the bridge; all of its ports are closed. */
  join(host: { readonly name: string; readonly address: string; readonly mac: string }): void;
  /** Unplugs its cable. */
  leave(name: string): void;
  /** Gives it another address. */
  readdress(name: string, address: string): void;
  open(name: string, port: number): Promise<void>;
  /** Runs the command line on the bridge, to its end. */
  harbinger(
    args: readonly string[],
    directory: string,
  ): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>;
}

const launcher = launcherOf("harbinger");

/** Why there can be none here, or `undefined`. */
export function whyNoDeviceNetwork(): string | undefined {
  if (process.platform !== "linux") return "network namespaces exist on Linux only";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  if (findProgram("ip") === undefined) return "ip is not installed";
  const name = `hb-devices-try-${process.pid}`;
  try {
    ip("netns", "add", name);
    try {
      ip("-n", name, "link", "add", "lan", "type", "bridge");
    } finally {
      ip("netns", "del", name);
    }
    return undefined;
  } catch {
    return "this machine does not allow network namespaces with a bridge";
  }
}

let networks = 0;

/** @param program the command to run on the bridge; default: the launcher of this checkout */
export function createDeviceNetwork(program: readonly string[] = [process.execPath, launcher]): DeviceNetwork {
  networks += 1;
  const prefix = `hb-devices-${process.pid}-${networks}`;
  const bridge = `${prefix}-lan`;
  const hosts: string[] = [];
  const servers: ChildProcess[] = [];
  const inside = (name: string) => `${prefix}-${name}`;
  ip("netns", "add", bridge);
  ip("-n", bridge, "link", "set", "lo", "up");
  ip("-n", bridge, "link", "add", "lan", "address", "52:54:00:00:00:01", "type", "bridge");
  ip("-n", bridge, "addr", "add", "192.168.50.1/24", "dev", "lan");
  ip("-n", bridge, "link", "set", "lan", "up");
  return {
    join({ name, address, mac }) {
      const port = `port${hosts.length}`;
      hosts.push(name);
      ip("netns", "add", inside(name));
      ip("link", "add", port, "netns", bridge, "type", "veth", "peer", "name", "eth0", "netns", inside(name));
      ip("-n", bridge, "link", "set", port, "master", "lan", "up");
      ip("-n", inside(name), "link", "set", "eth0", "address", mac, "up");
      ip("-n", inside(name), "link", "set", "lo", "up");
      ip("-n", inside(name), "addr", "add", `${address}/24`, "dev", "eth0");
    },
    leave: (name) => ip("-n", inside(name), "link", "set", "eth0", "down"),
    readdress(name, address) {
      ip("-n", inside(name), "-4", "addr", "flush", "dev", "eth0");
      ip("-n", inside(name), "addr", "add", `${address}/24`, "dev", "eth0");
    },
    async open(name, port) {
      const program = `require("node:net").createServer((socket) => socket.on("error", () => {}).end())
        .listen(${port}, "0.0.0.0", () => console.log("ready"));`;
      const server = spawn("ip", ["netns", "exec", inside(name), process.execPath, "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      servers.push(server);
      await Promise.race([
        once(server.stdout, "data"),
        once(server, "exit").then(() => Promise.reject(new Error("the server did not start"))),
      ]);
    },
    async harbinger(args, directory) {
      using _room = await takeNeighbourRoom();
      const command = ["netns", "exec", bridge, ...program, ...args];
      const environment = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" };
      try {
        const result = await promisify(execFile)("ip", command, {
          cwd: directory,
          env: environment,
          timeout: hangLimitMs,
        });
        return { status: 0, ...result };
      } catch (error) {
        if (!(error instanceof Error && "stdout" in error && "stderr" in error)) throw error;
        const status = "code" in error && typeof error.code === "number" ? error.code : -1;
        return { status, stdout: String(error.stdout), stderr: String(error.stderr) };
      }
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        const exited = once(server, "exit");
        server.kill("SIGKILL");
        await exited;
      }
      for (const name of [...hosts.map(inside), bridge]) ip("netns", "del", name);
    },
  };
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}
