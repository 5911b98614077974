// Puts this program in its own place with other settings of its process. Plain JavaScript, because an older Node reads it first.
import { existsSync } from "node:fs";
import v8 from "node:v8";

/** Stand in the command lines of what stays up; elsewhere they cost a few milliseconds. */
const wordsOfStaying = new Set(["run", "listen", "standalone", "--mode=standalone"]);

/**
 * @param {string} program `harbinger` or `portwatcher`
 * @param {readonly string[]} words of the command line
 */
export function staysUp(program, words) {
  return program === "portwatcher" || words.some((word) => wordsOfStaying.has(word));
}

/** @param {readonly string[]} words @returns whether they ask for the version and nothing else */
export function asksVersion([first, ...others]) {
  return others.length === 0 && (first === "--version" || first === "-V");
}

/**
 * Of the young generation each half has 8 MiB at most, instead of 32 on a large machine, three times over and in each thread; the old
 * one grows by a fifth before it is collected, instead of by its size and more. Neither costs measurable processor time for a
 * connection in a flood; halves of 1 MiB cost half of the rate.
 */
export const heapOptions = ["--max-semi-space-size=8", "--heap-growing-percent=20"];

/** Tells how often this process was started: a program that stays up starts itself again for the sake of its memory. */
const startsVariable = "HARBINGER_STARTS";

/** With one arena, threads share what they have freed: 6 MB less. Read by the C library (glibc) before anything else runs. */
const arenas = { MALLOC_ARENA_MAX: "1" };

/** @returns 1 the first time. What commands inherit is as it was. */
export function countStart() {
  const starts = Number(process.env[startsVariable] ?? 0) + 1;
  delete process.env[startsVariable];
  if (starts > 1 && process.env.MALLOC_ARENA_MAX === arenas.MALLOC_ARENA_MAX) delete process.env.MALLOC_ARENA_MAX;
  return starts;
}

/** The environment of a process that is the next start. @param {number} starts so many there were by then */
export function environmentOf(starts) {
  return { ...arenas, ...process.env, [startsVariable]: String(starts) };
}

/**
 * Puts a new program in the place of this process, where the system can: nothing of this one's memory is left.
 * @param {number} starts so many there were by now
 * @param {readonly string[]} line the new command line, with the name of the program
 */
export function startAgain(starts, line) {
  // Under an older Node's launcher there is a channel, which would be lost.
  if (process.execve === undefined || process.channel !== undefined) return;
  // Node calls execve experimental and says so.
  process.removeAllListeners("warning");
  process.execve(process.execPath, line, environmentOf(starts));
}

/** Milliseconds that a start and a first scan take. */
const startMs = 30_000;

/**
 * Loading modules makes garbage to which V8 answers with a heap of several times what stays, in this thread and in the
 * database's. It does not shrink again at rest, so it is kept from growing until the start is over. Later it may: under
 * load, small heaps cost half of the connections that a decoy takes a second.
 */
export function startSmall() {
  v8.setFlagsFromString("--optimize-for-size");
  setTimeout(() => v8.setFlagsFromString("--no-optimize-for-size"), startMs).unref();
}

/**
 * In a container without an init, this is process 1, and every orphan of a command becomes its child: Node never asks for their
 * exit status, and they stay as zombies. A shell takes this place: waiting for the program, it collects orphans, too.
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
