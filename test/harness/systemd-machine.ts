/** A bare root in which systemd runs as process 1, so that a service is tested as it will run: with its user, sandbox and watchdog. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type BareRoot, bareRoot, whyNoBareRoot } from "./bare-root.ts";
import { type ProgramOptions, type ProgramResult, runProgram } from "./run-program.ts";

export interface SystemdMachine extends AsyncDisposable {
  /** Its file system as this process sees it. */
  readonly path: string;
  /** Runs a program inside as root, to its end. */
  run(command: readonly string[], options?: Pick<ProgramOptions, "input" | "limitMs">): Promise<ProgramResult>;
  /** The same; throws if it fails. @returns its output */
  must(...command: readonly string[]): Promise<string>;
  /** Runs a program inside until its output `fits`. */
  until(fits: (text: string) => boolean, ...command: readonly string[]): Promise<string>;
}

export function whyNoSystemdMachine(): string | undefined {
  const why = whyNoBareRoot();
  if (why !== undefined) return why;
  return hierarchies() === undefined ? "no hierarchy of cgroups for systemd" : undefined;
}

/** Boots. All processes in it end with the returned object, and with this process. */
export async function systemdMachine(): Promise<SystemdMachine> {
  const kind = hierarchies();
  if (kind === undefined) throw new Error("no hierarchy of cgroups for systemd");
  const bare = await bareRoot();
  const group = `harbinger-${process.pid}-${Date.now()}`;
  const [program, args] = bare.command(script(kind, start, group));
  const keeper = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [keeper.stdout, keeper.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  const destroy = async () => {
    await end(keeper);
    await bare[Symbol.asyncDispose]();
    const [unshare = "", ...words] = script(kind, removal, group);
    await runProgram(unshare, words);
  };
  try {
    return machine(bare, await booted(keeper), destroy);
  } catch (error) {
    await destroy();
    throw new Error(`systemd did not start: ${output}`, { cause: error });
  }
}

function machine(bare: BareRoot, systemd: number, destroy: () => Promise<void>): SystemdMachine {
  const run: SystemdMachine["run"] = (command, options = {}) =>
    runProgram(
      "nsenter",
      ["--target", String(systemd), "--all", "/usr/bin/env", "-i", ...variables, ...command],
      options,
    );
  const must = async (...command: readonly string[]) => {
    const { status, stdout, stderr } = await run(command);
    if (status !== 0) throw new Error(`${command.join(" ")}: exit status ${status}\n${stdout}${stderr}`);
    return stdout;
  };
  return {
    path: bare.path,
    run,
    must,
    async until(fits, ...command) {
      for (let text = ""; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
        text = (await run(command)).stdout;
        if (fits(text)) return text;
      }
    },
    [Symbol.asyncDispose]: destroy,
  };
}

const variables = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "SYSTEMD_PAGER="];

type Hierarchies = "unified" | "hybrid";

/** `unified`: only version 2. `hybrid`: systemd uses a hierarchy of version 1. */
function hierarchies(): Hierarchies | undefined {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  if (lines.some((line) => line.includes(":name=systemd:"))) return "hybrid";
  return lines.length === 1 && lines[0]?.startsWith("0::") === true ? "unified" : undefined;
}

/** Shell: mounts the hierarchies of control groups that systemd uses, and names them. */
const mounts: Readonly<Record<Hierarchies, string>> = {
  unified: `
mount_groups() { mount -t cgroup2 cgroup2 /sys/fs/cgroup; }
groups=/sys/fs/cgroup
`,
  hybrid: `
mount_groups() {
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  mkdir /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
  mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
}
groups="/sys/fs/cgroup/systemd /sys/fs/cgroup/unified"
`,
};

/** The group of the shell becomes the root that systemd sees. All processes inside must see the mounts that systemd makes for services. */
const start = `
mount_groups
for each in $groups; do mkdir $each/$1; echo $$ > $each/$1/cgroup.procs; done
umount -R /sys/fs/cgroup
exec unshare --pid --cgroup --mount --fork --kill-child --mount-proc --propagation private sh -euc "$boot"
`;

const boot = `
mount_groups
mount --make-rshared /
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --log-target=journal --show-status=no
`;

/** Killed processes need a moment to end. */
const removal = `
mount_groups
for each in $groups
do for try in $(seq 100)
  do find $each/$1 -depth -type d -exec rmdir {} + 2>/dev/null && break; sleep 0.1
  done
done
`;

/** In its own mounts. */
function script(kind: Hierarchies, commands: string, group: string): string[] {
  return [
    ...["env", `boot=${mounts[kind]}${boot}`, "unshare", "--mount", "--propagation", "private"],
    ...["sh", "-euc", `${mounts[kind]}${commands}`, "sh", group],
  ];
}

/** Waits until the start is complete. @returns the process number in this namespace */
async function booted(keeper: ChildProcess): Promise<number> {
  const ended = once(keeper, "exit").then(() => Promise.reject(new Error("it ended")));
  ended.catch(() => undefined);
  for (;;) {
    const systemd = deepestChild(keeper.pid);
    const enter = ["--target", String(systemd), "--all", "/usr/bin/env", "-i", ...variables];
    const waiting = runProgram("nsenter", [...enter, "systemctl", "is-system-running", "--wait"]);
    const { stdout } = await Promise.race([waiting, ended]);
    if (systemd !== undefined && /^(?:running|degraded)$/m.test(stdout)) return systemd;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The keeper is a chain of processes that ends with systemd, which has many children.
 * @returns `undefined` if one of them ended meanwhile, as the shell's `mkdir` does
 */
function deepestChild(pid: number | undefined): number | undefined {
  let children: string;
  let isSystemd: boolean;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    isSystemd = readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "systemd";
  } catch {
    return undefined;
  }
  return isSystemd || children === "" ? Number(pid) : deepestChild(Number(children.split(" ")[0]));
}

async function end(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const exited = once(keeper, "exit");
  keeper.kill("SIGKILL");
  await exited;
}
