// Starts a program of this package on a Node that can run it. Plain JavaScript, because an older Node reads it first.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import v8 from "node:v8";

const oldestNode = 24;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Stand in the command lines of what stays up; elsewhere they cost a few milliseconds. */
const wordsOfStaying = new Set(["run", "listen", "standalone", "--mode=standalone"]);

/** @param {string} program the name of a file in src/cli, without its ending */
export async function launch(program) {
  const [first, ...others] = process.argv.slice(2);
  if (others.length === 0 && (first === "--version" || first === "-V")) {
    // Answered here: reading one small file is all that it takes.
    process.stdout.write(`${JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version}\n`);
    return;
  }
  // A checkout runs its sources; the published package holds compiled files only.
  const source = path.join(root, "src", "cli", `${program}.ts`);
  const isCheckout = existsSync(source);
  const staysUp = program === "portwatcher" || process.argv.some((word) => wordsOfStaying.has(word));
  const options = staysUp ? [...heapOptions, ...(isCheckout ? [sourcesOption] : [])] : [];
  if (Number(process.versions.node.split(".")[0]) < oldestNode) return relaunch(program, options, staysUp);
  if (process.pid === 1) leaveProcessOne();
  const starts = staysUp ? countStart() : 0;
  if (starts === 1) startAgain(1, options);
  if (staysUp) startSmall();
  const sources = staysUp && isCheckout ? await import("./sources.js") : undefined;
  // The cache holds in memory what it has read: 20 MB. Commands that end soon gain by it.
  if (!staysUp || sources?.isUsable === false) module.enableCompileCache?.();
  const compiled = path.join(root, "dist", "cli", `${program}.js`);
  const { main } = await import(pathToFileURL(isCheckout ? source : compiled).href);
  if (sources?.isUsable && starts === 2) {
    // Loaded now, so that it counts.
    await import(pathToFileURL(path.join(root, "src", "cli", "run-mode.ts")).href);
    if (sources.stripAll()) startAgain(2);
  }
  await main(process.argv.slice(2));
}

/** Tells how often this process was started: a program that stays up starts itself again for the sake of its memory. */
const startsVariable = "HARBINGER_STARTS";

/** With one arena, threads share what they have freed: 6 MB less. Read by the C library (glibc) before anything else runs. */
const arenas = { MALLOC_ARENA_MAX: "1" };

/** @returns 1 the first time. What commands inherit is as it was. */
function countStart() {
  const starts = Number(process.env[startsVariable] ?? 0) + 1;
  delete process.env[startsVariable];
  if (starts > 1 && process.env.MALLOC_ARENA_MAX === arenas.MALLOC_ARENA_MAX) delete process.env.MALLOC_ARENA_MAX;
  return starts;
}

/**
 * Of the young generation each half has 8 MiB at most, instead of 32 on a large machine, three times over and in each thread; the old
 * one grows by a fifth before it is collected, instead of by its size and more. Neither costs measurable processor time for a
 * connection in a flood; halves of 1 MiB cost half of the rate.
 */
const heapOptions = ["--max-semi-space-size=8", "--heap-growing-percent=20"];

/** See sources.js. */
const sourcesOption = `--import=${new URL("sources.js", import.meta.url).href}`;

/** Puts a new program in the place of this process, where the system can: nothing of this one's memory is left. */
function startAgain(starts, options = []) {
  // Under an older Node's launcher there is a channel, which would be lost.
  if (process.execve === undefined || process.channel !== undefined) return;
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  const line = [process.execPath, ...process.execArgv, ...options, ...process.argv.slice(1)];
  process.execve(process.execPath, line, environmentOf(starts));
}

function environmentOf(starts) {
  return { ...arenas, ...process.env, [startsVariable]: String(starts) };
}

/** Milliseconds that a start and a first scan take. */
const startMs = 30_000;

/**
 * Loading modules makes garbage to which V8 answers with a heap of several times what stays, in this thread and in the
 * database's. It does not shrink again at rest, so it is kept from growing until the start is over. Later it may: under
 * load, small heaps cost half of the connections that a decoy takes a second.
 */
function startSmall() {
  v8.setFlagsFromString("--optimize-for-size");
  setTimeout(() => v8.setFlagsFromString("--no-optimize-for-size"), startMs).unref();
}

/**
 * In a container without an init, this is process 1, and every orphan of a command becomes its child: Node never asks for their
 * exit status, and they stay as zombies. A shell takes this place: waiting for the program, it collects orphans, too.
 */
function leaveProcessOne() {
  const shell = "/bin/sh";
  if (process.execve === undefined || !existsSync(shell)) return;
  const script = `
for name in TERM INT HUP; do trap "kill -$name \\$program" $name; done
exec 3<&0; "$@" <&3 3<&- & program=$!
while :; do wait $program; status=$?; kill -0 $program 2>/dev/null || exit $status; done`;
  const line = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  process.execve(shell, ["sh", "-c", script, "sh", ...line], process.env);
}

/** Runs the same command line on the Node that `npm ci` brought, and ends as it ends. */
function relaunch(program, options, staysUp) {
  const node = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    process.stderr.write(
      `${program} needs Node.js ${oldestNode} or later; this is ${process.version}.\n` +
        `Install it, or run "npm ci" in ${root}: that brings a suitable one for this folder alone.\n`,
    );
    process.exitCode = 1;
    return;
  }
  // The channel tells the child when this process is killed: then it must not live on alone.
  const envFiles = process.execArgv.filter((argument) => /^--env-file(?:-if-exists)?=/.test(argument));
  const child = spawn(node, [...envFiles, ...options, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...(staysUp ? environmentOf(1) : process.env), HARBINGER_LAUNCHED: "1" },
  });
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child, too; twice would force it.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exit(code ?? 1);
    }
    for (const name of ["SIGTERM", "SIGHUP", "SIGINT"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
