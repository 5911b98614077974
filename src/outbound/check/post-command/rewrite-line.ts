import path from "node:path";
import { readShellLine, type ShellDialect, type ShellWord } from "../../../platform/shell-line.ts";
import { findHelperCall, type HelperCall, type HelperNames, helperScript } from "./helper-call.ts";

/**
 * Replaces helper scripts by built-in checks in a line that the shell runs whole. In a line that
 * cannot be read without running it (`$(...)`, here-documents) they are found by their form alone.
 * @param rewrite the text that replaces a call
 * @returns the new line, and the calls that were replaced
 */
export function rewriteLine(
  line: string,
  dialect: ShellDialect,
  names: HelperNames,
  rewrite: (call: HelperCall) => string,
): { readonly line: string; readonly calls: readonly HelperCall[] } {
  const read = readShellLine(line, dialect);
  if (read.kind === "complex") return rewriteByForm(line, names, rewrite);
  const replaced: { readonly start: number; readonly end: number; readonly call: HelperCall }[] = [];
  let words: ShellWord[] = [];
  // Existing scripts are the user's own; they are looked up in the folder to which the line has changed by then.
  let { directory } = names;
  const outside: string[] = [];
  const endCommand = () => {
    const [head, target] = words;
    if (head?.text === "cd" && target !== undefined && !target.expands)
      directory = path.resolve(directory, target.text);
    const call = findHelperCall(words, { ...names, directory });
    const from = words[call?.wordsFrom ?? 0];
    const to = words[(call?.argumentsAt ?? 0) - 1];
    if (call !== undefined && from !== undefined && to !== undefined) {
      replaced.push({ start: from.start, end: to.end, call });
    }
    words = [];
  };
  for (const part of read.parts) {
    if (part.kind === "word") words.push(part);
    else if (!part.isRedirection) {
      endCommand();
      if (part.text === "(") outside.push(directory);
      else if (part.text === ")") directory = outside.pop() ?? directory;
    }
  }
  endCommand();
  let rewritten = "";
  let at = 0;
  for (const { start, end, call } of replaced) {
    rewritten += line.slice(at, start) + rewrite(call);
    at = end;
  }
  return { line: rewritten + line.slice(at), calls: replaced.map(({ call }) => call) };
}

/** A word without blanks, quotes, operators and expansions. */
const plainWord = /[^\s'"`$;&|()<>]+/g;
const scriptForm = /post_command[/\\][A-Za-z0-9_-]{1,80}\.(?:py|sh)$/;
const interpreterForm = /(?:^|[/\\!{])(?:python\d?(?:\.\d{1,2})?|py|sh|bash|dash)(?:\.exe)?$/;

function rewriteByForm(line: string, names: HelperNames, rewrite: (call: HelperCall) => string) {
  const calls: HelperCall[] = [];
  let rewritten = "";
  let at = 0;
  let before: PlainWord | undefined;
  for (const { 0: text, index } of line.matchAll(plainWord)) {
    const word = { text, start: index, end: index + text.length };
    const interpreter = before === undefined ? undefined : interpreterIn(line, before, word);
    before = word;
    const scriptAt = commandStart(line, word);
    if (scriptAt === undefined || !endsCommandWord(line, word.end) || !scriptForm.test(text)) continue;
    const calledBy = interpreter === undefined ? "program" : /py/.test(interpreter.text.slice(-12)) ? "py" : "sh";
    const found = helperScript(line.slice(scriptAt, word.end), names, calledBy);
    if (found === undefined) continue;
    const call = { ...found, wordsFrom: 0, argumentsAt: 0 };
    calls.push(call);
    rewritten += line.slice(at, interpreter?.start ?? scriptAt) + rewrite(call);
    at = word.end;
  }
  return { line: rewritten + line.slice(at), calls };
}

interface PlainWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Where a command may begin in `word`: at its start if nothing is joined to it, else after a `!` or `{`. */
function commandStart(line: string, { text, start }: PlainWord): number | undefined {
  if (start === 0 || /[\s;&|(`]/.test(line.charAt(start - 1))) return start;
  const opener = text.search(/[!{]/);
  return opener < 0 ? undefined : start + opener + 1;
}

function endsCommandWord(line: string, end: number): boolean {
  return end === line.length || /[\s;&|)`]/.test(line.charAt(end));
}

/** `word` as the name of an interpreter, with only blanks between it and `next`. */
function interpreterIn(line: string, word: PlainWord, next: PlainWord): PlainWord | undefined {
  if (!/^\s+$/.test(line.slice(word.end, next.start))) return undefined;
  const form = interpreterForm.exec(word.text);
  if (form === null) return undefined;
  const isBehindOpener = /^[!{]/.test(form[0]);
  const start = isBehindOpener ? word.start + form.index + 1 : commandStart(line, word);
  if (start === undefined || start > word.start + form.index + 1) return undefined;
  return { text: line.slice(start, word.end), start, end: word.end };
}
