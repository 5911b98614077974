import { accessSync, constants, existsSync } from "node:fs";
import path from "node:path";
import type { ShellWord } from "../../../platform/shell-line.ts";
import type { ScriptForm } from "./counterparts.ts";

/** Decides which scripts checks replace. */
export interface HelperNames {
  /** Relative paths start here. A script that exists is the user's own, and is not replaced. */
  readonly directory: string;
  /** Whether a check replaces scripts with that name, without `.py` or `.sh`. */
  readonly isKnown: (name: string, form: ScriptForm) => boolean;
}

export interface HelperScript {
  /** As the user wrote it: `post_command/port_check.py`. */
  readonly script: string;
  /** `port_check` */
  readonly name: string;
  readonly form: ScriptForm;
}

/** A call of a helper script in a simple command. */
export interface HelperCall extends HelperScript {
  /** The check replaces the words from here up to {@link argumentsAt}. */
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
const shellName = /^(?:sh|bash|dash|ash|ksh|zsh)(?:\.exe)?$/i;

function callAt(words: readonly ShellWord[], at: number, names: HelperNames): HelperCall | undefined {
  const program = words[at];
  if (program === undefined || program.expands) return undefined;
  const runs = formRunBy(program.text);
  const script = runs === undefined ? at : scriptAfter(words, at + 1, runs);
  const word = script === undefined ? undefined : words[script];
  if (script === undefined || word === undefined || word.expands) return undefined;
  const meaning = helperScript(word.text, names, runs ?? "program");
  return meaning && { ...meaning, wordsFrom: at, argumentsAt: script + 1 };
}

/** Which scripts the program `word` runs, where it is an interpreter. */
function formRunBy(word: string): ScriptForm | undefined {
  const name = word.slice(Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\")) + 1);
  return pythonName.test(name) ? "py" : shellName.test(name) ? "sh" : undefined;
}

/** The position after the interpreter's own options. Python's `-c` and `-m` and a shell's `-c`, `-s` and `-i` run no file. */
function scriptAfter(words: readonly ShellWord[], from: number, form: ScriptForm): number | undefined {
  const runsNoFile = form === "py" ? /^-[A-Za-z]*[cm]/ : /^-[A-Za-z]*[csin]/;
  const takesValue = form === "py" ? ["-W", "-X"] : ["-o", "+o", "-O", "+O"];
  for (let at = from; at < words.length; at++) {
    const text = words[at]?.text ?? "";
    if (!/^[-+]/.test(text)) return at;
    if (text === "--" && form === "sh") return at + 1;
    if (text.startsWith("--") && form === "sh") {
      if (text !== "--norc" && text !== "--noprofile" && text !== "--posix") return undefined;
      continue;
    }
    if (runsNoFile.test(text) || text === "-") return undefined;
    if (takesValue.includes(text)) at += 1;
  }
  return undefined;
}

const scriptName = /(?:^|[/\\])post_command[/\\]([A-Za-z0-9_-]{1,80})\.(py|sh)$/;

/**
 * The script that a check replaces: a file that does not exist, in a folder `post_command`, with a known name.
 * @param calledBy the interpreter, or `program` where the file itself is the command
 */
export function helperScript(
  script: string,
  { directory, isKnown }: HelperNames,
  calledBy: ScriptForm | "program",
): HelperScript | undefined {
  const match = scriptName.exec(script);
  const name = match?.[1];
  const form = match?.[2] === "py" ? "py" : "sh";
  if (name === undefined || !isKnown(name, form)) return undefined;
  if (calledBy !== "program" && calledBy !== form) return undefined;
  return isTheUsersOwn(path.resolve(directory, script), calledBy === "program") ? undefined : { script, name, form };
}

/** A file without the run bit cannot be run as a program, so it is not used. */
function isTheUsersOwn(file: string, asProgram: boolean): boolean {
  if (!existsSync(file)) return false;
  if (!asProgram || process.platform === "win32") return true;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
