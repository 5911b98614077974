/**
 * A machine that runs containers with podman, and a network outside of it, in their own network namespaces: no packet of
 * a container leaves them.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hangLimitMs } from "./hang-limit.ts";
import { type ProgramResult, runProgram, runWell } from "./run-program.ts";

export interface ContainerHost extends AsyncDisposable {
  /** The address of the machine, seen from outside. */
  readonly address: string;
  /** Names of containers, volumes and networks of this host begin so; they are removed with it. */
  readonly prefix: string;
  /** Runs podman on the machine. */
  podman(...args: readonly string[]): Promise<ProgramResult>;
  /** The same; throws if it fails. Returns its output. */
  podmanWell(...args: readonly string[]): Promise<string>;
  /** Runs podman-compose on the machine, with the files in `folder`. */
  compose(folder: string, files: readonly string[], ...args: readonly string[]): Promise<ProgramResult>;
  /** Waits until the log of a container, in all of its runs together, has `text` this many times. */
  logged(container: string, text: string | RegExp, times?: number): Promise<void>;
  /** Program and arguments that run a program outside. */
  outside(program: string, ...args: readonly string[]): readonly [string, readonly string[]];
  /** The same on the machine, beside the containers. */
  onMachine(program: string, ...args: readonly string[]): readonly [string, readonly string[]];
}

let hosts = 0;

/** @param outsideAddresses of the network 203.0.113.0/24, except .1, which is the machine's own */
export function createContainerHost(outsideAddresses: readonly string[]): ContainerHost {
  hosts += 1;
  const prefix = `hb${process.pid}c${hosts}`;
  const machine = `${prefix}-machine`;
  const outside = `${prefix}-outside`;
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-containers-"));
  const settings = path.join(folder, "containers.conf");
  writeFileSync(settings, containersConf);
  const environment = { ...process.env, CONTAINERS_CONF: settings };
  const onMachine = (program: string, ...args: readonly string[]) =>
    ["nsenter", [`--net=/run/netns/${machine}`, program, ...args]] as const;
  const podman = (...args: readonly string[]) => runProgram(...onMachine("podman", ...args), { environment });
  const podmanWell = async (...args: readonly string[]) =>
    (await runWell(...onMachine("podman", ...args), { environment })).stdout.trim();
  const destroy = async () => {
    for (const [kind, remove] of [
      ["container", ["rm", "--force", "--time", "0", "--volumes"]],
      ["volume", ["rm", "--force"]],
      ["network", ["rm", "--force"]],
    ] as const) {
      const list = await podman(
        kind,
        "ls",
        ...(kind === "container" ? ["--all"] : []),
        "--format",
        `{{.Name${kind === "container" ? "s" : ""}}}`,
      );
      const names = list.stdout.split("\n").filter((name) => name.startsWith(prefix));
      if (names.length > 0) await podman(kind, ...remove, ...names);
    }
    for (const name of [machine, outside]) {
      try {
        ip("netns", "del", name);
      } catch {
        // It was not made yet.
      }
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const address = "203.0.113.1";
  for (const name of [machine, outside]) ip("netns", "add", name);
  ip("link", "add", "outside", "netns", machine, "type", "veth", "peer", "name", "eth0", "netns", outside);
  for (const [name, link, addresses] of [
    [machine, "outside", [address]],
    [outside, "eth0", outsideAddresses],
  ] as const) {
    for (const each of addresses) ip("-n", name, "addr", "add", `${each}/24`, "dev", link);
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "link", "set", link, "up");
  }
  return {
    address,
    prefix,
    podman,
    podmanWell,
    onMachine,
    outside: (program, ...args) => ["ip", ["netns", "exec", outside, program, ...args]],
    compose: (directory, files, ...args) =>
      runProgram(...onMachine("podman-compose", "-p", prefix, ...files.flatMap((file) => ["-f", file]), ...args), {
        environment,
        directory,
      }),
    logged: (container, text, times = 1) =>
      waitForLog([...onMachine("podman", "logs", "--follow", container)], environment, text, times),
    [Symbol.asyncDispose]: destroy,
  };
}

/** runc also starts if control groups of both versions are mounted. The limits are below those of any machine. */
const containersConf = `
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

/** A follower of the log ends with the container's run; the next one follows the next run, from the beginning of the log. */
async function waitForLog(
  [program, args]: readonly [string, readonly string[]],
  environment: NodeJS.ProcessEnv,
  text: string | RegExp,
  times: number,
): Promise<void> {
  const pattern = typeof text === "string" ? text : new RegExp(text, "g");
  const deadline = performance.now() + 180_000;
  for (;;) {
    const follower = spawn(program, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    const isThere = () => log.split(pattern).length > times;
    const timer = setTimeout(() => follower.kill("SIGKILL"), Math.max(0, deadline - performance.now()));
    for (const stream of [follower.stdout, follower.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        log += chunk;
        if (isThere()) follower.kill("SIGKILL");
      });
    await once(follower, "close");
    clearTimeout(timer);
    if (isThere()) return;
    if (performance.now() >= deadline) throw new Error(`the container did not log ${String(text)}:\n${log}`);
  }
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"], timeout: hangLimitMs });
}
