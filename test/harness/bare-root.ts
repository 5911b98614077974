/**
 * A Debian machine: its own file system, processes and network (only the
 * loopback), so that a test installs an artefact where no other part of the product is present.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findProgram } from "../../src/platform/programs.ts";
import { debianBase, whyNoDebianBase } from "./debian-base.ts";
import { hangLimitMs } from "./hang-limit.ts";
import { ownFolder } from "./own-folder.ts";
import { type ProgramOptions, type ProgramResult, runProgram } from "./run-program.ts";

export interface CommandOptions {
  /** A folder inside; default `/`. */
  readonly directory?: string;
  /** Added to `PATH`, `HOME`, `LANG`. This process's environment is not passed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs as this user and group, which need no name; default root. */
  readonly uid?: number;
  /**
   * Its only capabilities, in setpriv's notation (`net_raw`), even if `uid` is not root's. By default root has all
   * and other users none.
   */
  readonly capabilities?: readonly string[];
}

export interface BareRoot extends AsyncDisposable {
  /** Its file system as this process sees it: `path.join(root.path, "etc/passwd")`. Absolute links in it lead elsewhere. */
  readonly path: string;
  /** Runs a program inside to its end. */
  run(
    command: readonly string[],
    options?: CommandOptions & Pick<ProgramOptions, "input" | "limitMs">,
  ): Promise<ProgramResult>;
  /** Program and arguments that run `command` inside, for `spawn`. */
  command(command: readonly string[], options?: CommandOptions): readonly [string, readonly string[]];
}

/** Why there can be no bare root here, or `undefined`. */
export function whyNoBareRoot(): string | undefined {
  for (const program of ["unshare", "nsenter", "pivot_root", "ip"])
    if (findProgram(program) === undefined) return `${program} is not installed`;
  return whyNoDebianBase();
}

/**
 * What the product's package and its units need of a Debian machine. All machines have the same, because making the base for another list
 * takes 25 s of a processor.
 */
const include = ["adduser", "dbus", "iproute2", "logrotate", "procps", "systemd", "systemd-sysv"];

/**
 * Makes the machine. All processes in it end with the returned object, and with this process. Installing more packages is
 * not possible inside, as it has no network: name them in `include` above.
 */
export async function bareRoot(): Promise<BareRoot> {
  const base = await debianBase({ include });
  const folder = ownFolder();
  for (const name of ["upper", "work", "root"]) mkdirSync(path.join(folder, name));
  const keeper = spawn(
    "unshare",
    [
      "--mount",
      "--pid",
      "--net",
      "--ipc",
      "--uts",
      "--fork",
      "--kill-child",
      "sh",
      "-c",
      prepare,
      "sh",
      base.tree,
      folder,
    ],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  const destroy = async () => {
    if (keeper.exitCode === null && keeper.signalCode === null) {
      const exited = once(keeper, "exit");
      keeper.kill("SIGKILL");
      await exited;
    }
    // The last process inside may need a moment to end after the kill, and holds the mount until then.
    const giveUpAt = performance.now() + hangLimitMs;
    while (inside !== undefined && existsSync(rootOf(inside)) && performance.now() < giveUpAt) await delay(20);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  let inside: number | undefined;
  try {
    await readiness(keeper);
    inside = firstChildOf(keeper);
  } catch (error) {
    await destroy();
    throw error;
  }
  const first = inside;
  const command = (words: readonly string[], commandOptions: CommandOptions = {}) =>
    enter(first, words, commandOptions);
  return {
    path: rootOf(first),
    command,
    run: (words, { input, limitMs, ...commandOptions } = {}) =>
      runProgram(...command(words, commandOptions), {
        ...(input === undefined ? {} : { input }),
        ...(limitMs === undefined ? {} : { limitMs }),
      }),
    [Symbol.asyncDispose]: destroy,
  };
}

/**
 * Changes go into a layer over the shared tree, or into a copy where a layer cannot be mounted. Process 1 waits for its
 * standard input to end, and collects orphans meanwhile.
 */
const prepare = `
set -eu
tree=$1 folder=$2
mount --make-rprivate /
if ! mount -t overlay -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" overlay "$folder/root" 2>/dev/null
then cp -a --reflink=auto "$tree/." "$folder/root"; mount --bind "$folder/root" "$folder/root"
fi
cd "$folder/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty
do : > dev/$name; mount --bind /dev/$name dev/$name
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr
do ln -s "/proc/self/fd/\${number%:*}" "dev/\${number#*:}"
done
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
echo bare > etc/hostname
echo 127.0.0.1 localhost bare > etc/hosts
: > etc/resolv.conf
hostname bare
ip link set lo up
mkdir -p mnt
pivot_root . mnt
exec chroot . sh -c 'umount -l /mnt; exec 3<&0; cat <&3 >/dev/null & echo ready; wait $!'
`;

async function readiness(keeper: ChildProcess): Promise<void> {
  let output = "";
  for (const stream of [keeper.stdout, keeper.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  await new Promise<void>((resolve, reject) => {
    keeper.stdout?.on("data", () => {
      if (output.includes("ready")) resolve();
    });
    keeper.once("error", reject);
    keeper.once("close", () => reject(new Error(`the bare root could not be made: ${output}`)));
  });
}

/** The file system of a process as this one sees it. */
function rootOf(pid: number): string {
  return `/proc/${pid}/root`;
}

function firstChildOf({ pid }: ChildProcess): number {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  const found = Number(first);
  if (first === undefined || !(found > 0)) throw new Error("the bare root has no process");
  return found;
}

/** nsenter joins all namespaces; setpriv of the root itself drops the rights. */
function enter(
  inside: number,
  words: readonly string[],
  options: CommandOptions,
): readonly [string, readonly string[]] {
  const { directory = "/", environment = {}, uid = 0, capabilities } = options;
  const variables = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: uid === 0 ? "/root" : "/",
    LANG: "C.UTF-8",
    ...environment,
  };
  const identity = uid === 0 ? [] : [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  const listed = capabilities?.map((name) => `,+${name}`).join("");
  const rights =
    listed === undefined ? [] : ["inh-caps", "ambient-caps", "bounding-set"].map((set) => `--${set}=-all${listed}`);
  const giveUp = [...identity, ...rights];
  return [
    "nsenter",
    [
      ...["--target", String(inside), "--mount", "--pid", "--net", "--ipc", "--uts", "--root", `--wdns=${directory}`],
      ...["/usr/bin/env", "-i", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
      ...(giveUp.length === 0 ? [] : ["/usr/bin/setpriv", ...giveUp]),
      ...words,
    ],
  ];
}
