// Replaces the process by the same program with other process settings. Plain JavaScript, because an older Node may load it first.
import { existsSync } from "node:fs";
import v8 from "node:v8";

/** Words in the command lines of long-running programs. A wrong guess costs a few milliseconds. */
const wordsOfStaying = new Set(["run", "listen", "standalone", "--mode=standalone"]);

/**
 * @param {string} program `harbinger` or `portwatcher`
 * @param {readonly string[]} words of the command line
 */
export function staysUp(program, words) {
  return program === "portwatcher" || words.some((word) => wordsOfStaying.has(word));
}

/** @param {readonly string[]} words @returns whether the only argument is the option for the version */
export function asksVersion([first, ...others]) {
  return others.length === 0 && (first === "--version" || first === "-V");
}

/**
 * Limits each semi-space to 8 MiB (up to 32 by default, three of them in each thread), and lets the old generation grow
 * by a fifth before a collection (by default it may double). In a flood neither costs measurable processor time per
 * connection; semi-spaces of 1 MiB halve the rate.
 */
export const heapOptions = ["--max-semi-space-size=8", "--heap-growing-percent=20"];

/** Counts the starts of this process: a long-running program restarts itself to release memory. */
const startsVariable = "HARBINGER_STARTS";

/** With one arena, threads share freed memory, which saves 6 MB. glibc reads it when the process starts. */
const arenas = { MALLOC_ARENA_MAX: "1" };

/** @returns 1 for the first start. Removes our variables, so that child processes do not inherit them. */
export function countStart() {
  const starts = Number(process.env[startsVariable] ?? 0) + 1;
  delete process.env[startsVariable];
  if (starts > 1 && process.env.MALLOC_ARENA_MAX === arenas.MALLOC_ARENA_MAX) delete process.env.MALLOC_ARENA_MAX;
  return starts;
}

/** The environment of the next start. @param {number} starts number of starts so far */
export function environmentOf(starts) {
  return { ...arenas, ...process.env, [startsVariable]: String(starts) };
}

/**
 * Replaces this process by a new program, where the system can (execve), which releases all memory.
 * @param {number} starts number of starts so far
 * @param {readonly string[]} line the new command line, beginning with the program
 */
export function startAgain(starts, line) {
  // When an older Node launched this process there is an IPC channel, which execve would close.
  if (process.execve === undefined || process.channel !== undefined) return;
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  process.execve(process.execPath, line, environmentOf(starts));
}

/** Duration of a start and a first scan. */
const startMs = 30_000;

/**
 * Loading modules makes so much garbage that V8 grows the heap to several times the size it needs later, here and in the
 * database thread, and an idle heap does not shrink. So growth is limited until the start is over. Not afterwards:
 * under load, a small heap halves the rate of accepted connections.
 */
export function startSmall() {
  v8.setFlagsFromString("--optimize-for-size");
  setTimeout(() => v8.setFlagsFromString("--no-optimize-for-size"), startMs).unref();
}

/**
 * In a container without an init process this is process 1, the parent of all orphans. Node does not wait for them, so
 * they would stay as zombies. A shell becomes process 1 instead: while it waits for the program, it reaps orphans.
 * @param {readonly string[]} line the program's command line, beginning with its file
 */
export function leaveProcessOne(line, environment = process.env) {
  const shell = "/bin/sh";
  if (process.pid !== 1 || process.execve === undefined || !existsSync(shell)) return;
  const script = `
for name in TERM INT HUP; do trap "kill -$name \\$program" $name; done
exec 3<&0; "$@" <&3 3<&- & program=$!
while :; do wait $program; status=$?; kill -0 $program 2>/dev/null || exit $status; done`;
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  process.execve(shell, ["sh", "-c", script, "sh", ...line], environment);
}
