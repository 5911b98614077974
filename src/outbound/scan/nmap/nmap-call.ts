import { quoteForShell } from "../../../platform/shell.ts";
import {
  readShellLine,
  type ShellDialect,
  type ShellPart,
  type ShellWord,
  systemDialect,
} from "../../../platform/shell-line.ts";

/** The one call of nmap in a command line. */
export interface NmapCall {
  /** The program's word: `nmap`, `/usr/local/bin/nmap`. */
  readonly program: ShellWord;
  readonly args: readonly ShellWord[];
  /** What precedes it in its command: assignments, `sudo` and the like with their arguments. */
  readonly before: readonly ShellWord[];
  /** The line contains only this call, so the line's exit status and output are nmap's. */
  readonly isAlone: boolean;
  /** `sudo`, `env` or a similar program runs nmap. */
  readonly wrapped: boolean;
}

export type NmapCallOutcome =
  | { readonly kind: "call"; readonly call: NmapCall }
  | { readonly kind: "unclear"; readonly what: string };

/** Where a scan's XML will be. */
export type XmlPlace =
  /** The line writes no XML: options can be added after the program's word. */
  | { readonly kind: "add" }
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "stdout" }
  | { readonly kind: "unclear"; readonly what: string };

/** Programs that run the rest of their arguments here, in the same file system, with the same standard streams. */
const wrappers = new Set(
  "sudo doas env nice ionice chrt taskset time timeout nohup setsid stdbuf unbuffer exec command ip proxychains proxychains4 torsocks".split(
    " ",
  ),
);

const reservedWords = new Set("if then else elif fi for while until do done case esac in function { } [[".split(" "));

/** Finds the call of nmap where the line has exactly one, in a place where a program is possible. */
export function findNmapCall(line: string, dialect: ShellDialect = systemDialect): NmapCallOutcome {
  const read = readShellLine(line, dialect);
  if (read.kind === "complex") return { kind: "unclear", what: read.what };
  const commands = simpleCommands(read.parts);
  const calls: NmapCall[] = [];
  const isAlone = commands.length === 1 && read.parts.every((part) => part.kind === "word" || part.isRedirection);
  for (const words of commands) {
    const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word.text) && word.text !== "!");
    const command = words.slice(Math.max(first, 0));
    const head = command[0];
    if (first < 0 || head === undefined) continue;
    if (reservedWords.has(head.text)) return { kind: "unclear", what: `"${head.text}"` };
    const named = command.filter((word) => isNmap(word.text));
    if (isNmap(head.text)) {
      calls.push({ program: head, args: command.slice(1), before: words.slice(0, first), isAlone, wrapped: first > 0 });
    } else if (named.length > 0) {
      const [program] = named;
      if (named.length > 1 || program === undefined || !wrappers.has(baseName(head.text))) {
        return { kind: "unclear", what: `nmap run by "${baseName(head.text)}"` };
      }
      const at = words.indexOf(program);
      calls.push({ program, args: words.slice(at + 1), before: words.slice(0, at), isAlone, wrapped: true });
    }
  }
  const [call] = calls;
  if (call === undefined) return { kind: "unclear", what: "no recognisable call of nmap" };
  if (calls.length > 1) return { kind: "unclear", what: "several calls of nmap" };
  if (call.program.expands) return { kind: "unclear", what: `"${call.program.text}"` };
  return { kind: "call", call };
}

/** Where the call's own output options put the XML. */
export function xmlPlace(call: NmapCall): XmlPlace {
  let place: XmlPlace = { kind: "add" };
  for (let at = 0; at < call.args.length; at++) {
    const arg = call.args[at];
    if (arg === undefined || arg.text === "--") break;
    if (arg.text === "--append-output" || arg.text === "--append_output" || arg.text === "--resume") {
      return { kind: "unclear", what: arg.text };
    }
    const match = /^--?o([XA])(?:=(.*))?$/s.exec(arg.text);
    if (match === null) continue;
    const value = match[2] === undefined ? call.args[at + 1] : { text: match[2], expands: arg.expands };
    // nmap itself will complain of a missing name.
    if (value === undefined) return { kind: "add" };
    // `%` starts a conversion as in strftime.
    if (value.expands || value.text.includes("%")) return { kind: "unclear", what: `the file "${value.text}"` };
    // The last one wins, as in nmap.
    if (match[1] === "A") place = { kind: "file", file: `${value.text}.xml` };
    else place = value.text === "-" ? { kind: "stdout" } : { kind: "file", file: value.text };
  }
  return place;
}

/** The same line with nmap writing its XML to `file` too. */
export function withXmlFile(line: string, call: NmapCall, file: string): string {
  const { end } = call.program;
  return `${line.slice(0, end)} -oX ${quoteForShell(file)}${line.slice(end)}`;
}

/** The words of each simple command, without the targets of redirections. */
export function simpleCommands(parts: readonly ShellPart[]): readonly (readonly ShellWord[])[] {
  const commands: ShellWord[][] = [];
  let words: ShellWord[] = [];
  let isTarget = false;
  for (const part of parts) {
    if (part.kind === "word") {
      if (!isTarget) words.push(part);
      isTarget = false;
    } else if (part.isRedirection) {
      isTarget = true;
    } else {
      if (words.length > 0) commands.push(words);
      words = [];
      isTarget = false;
    }
  }
  if (words.length > 0) commands.push(words);
  return commands;
}

function isNmap(word: string): boolean {
  return /^nmap(?:\.exe)?$/i.test(baseName(word));
}

export function baseName(word: string): string {
  return word.slice(Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\")) + 1);
}
