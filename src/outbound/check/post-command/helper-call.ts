import { existsSync } from "node:fs";
import path from "node:path";
import type { ShellWord } from "../../../platform/shell-line.ts";

/** The earlier tool's scripts whose names are not those of our checks. */
const earlierNames: ReadonlyMap<string, string> = new Map([
  ["port_check", "port"],
  ["tls_check", "tls"],
  ["http_check", "http"],
  ["cert_collector", "cert"],
  ["kafka", "kafka"],
]);

/** What tells whether a script stands for a check. */
export interface HelperNames {
  /** Scripts are looked for below it; one that exists is the user's own, and stays. */
  readonly directory: string;
  /** Which check a script of that name, without `.py`, stands for beyond the earlier tool's own. */
  readonly checkOf: (script: string) => HelperMeaning | undefined;
}

export interface HelperMeaning {
  readonly check: string;
  /** Options that the script's name implies. */
  readonly options?: Readonly<Record<string, string | boolean>>;
}

/** A call of a helper script in a simple command. */
export interface HelperCall extends HelperMeaning {
  /** As the user wrote it: `post_command/port_check.py`. */
  readonly script: string;
  /** The words from here up to {@link argumentsAt} are what the check takes the place of. */
  readonly wordsFrom: number;
  readonly argumentsAt: number;
}

/** Programs that run the rest of their words. */
const wrappers = new Set(
  "sudo doas env nice ionice chrt taskset time timeout nohup setsid stdbuf unbuffer exec command xargs".split(" "),
);
/** After these a command begins. */
const openers = new Set("if then else elif while until do ! { time".split(" "));

/** Finds the helper script that these words of one simple command call, or `undefined`. */
export function findHelperCall(words: readonly ShellWord[], names: HelperNames): HelperCall | undefined {
  let at = 0;
  while (isBeforeCommand(words[at])) at += 1;
  const head = words[at];
  if (head === undefined) return undefined;
  const direct = callAt(words, at, names);
  if (direct !== undefined || !wrappers.has(path.basename(head.text))) return direct;
  for (at += 1; at < words.length; at++) {
    const call = callAt(words, at, names);
    if (call !== undefined) return call;
  }
  return undefined;
}

function isBeforeCommand(word: ShellWord | undefined): boolean {
  return word !== undefined && (openers.has(word.text) || /^[A-Za-z_]\w*=/.test(word.text));
}

const pythonName = /^(?:python|pythonw|python\d(?:\.\d{1,2})?|py)(?:\.exe)?$/i;

function callAt(words: readonly ShellWord[], at: number, names: HelperNames): HelperCall | undefined {
  const program = words[at];
  if (program === undefined || program.expands) return undefined;
  const script = isPython(program.text) ? scriptAfter(words, at + 1) : at;
  const word = script === undefined ? undefined : words[script];
  if (script === undefined || word === undefined || word.expands) return undefined;
  const meaning = meaningOf(word.text, names);
  return meaning && { ...meaning, script: word.text, wordsFrom: at, argumentsAt: script + 1 };
}

function isPython(word: string): boolean {
  return pythonName.test(word.slice(Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\")) + 1));
}

/** Past Python's own options. `-c` and `-m` run no file. */
function scriptAfter(words: readonly ShellWord[], from: number): number | undefined {
  for (let at = from; at < words.length; at++) {
    const text = words[at]?.text ?? "";
    if (!text.startsWith("-")) return at;
    if (/^-[A-Za-z]*[cm]/.test(text) || text === "-") return undefined;
    if (text === "-W" || text === "-X") at += 1;
  }
  return undefined;
}

/** Which check `script` stands for: a file that is not there, in a folder `post_command`, with a name that we know. */
export function meaningOf(script: string, { directory, checkOf }: HelperNames): HelperMeaning | undefined {
  const match = /(?:^|[/\\])post_command[/\\]([A-Za-z0-9_-]{1,80})\.py$/.exec(script);
  const name = match?.[1];
  if (name === undefined) return undefined;
  const earlier = earlierNames.get(name);
  const meaning = earlier === undefined ? checkOf(name) : { check: earlier };
  if (meaning === undefined || existsSync(path.resolve(directory, script))) return undefined;
  return meaning;
}
