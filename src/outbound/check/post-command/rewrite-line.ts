import path from "node:path";
import { readShellLine, type ShellDialect, type ShellWord } from "../../../platform/shell-line.ts";
import { findHelperCall, type HelperCall, type HelperNames, helperScript } from "./helper-call.ts";

/**
 * Puts the program's own checks in the place of helper scripts in a line that the shell runs whole. In a line that
 * cannot be read without running it (`$(...)`, here-documents) they are found by their form alone.
 * @param rewrite what stands for a call
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
  // Scripts that are there are the user's own: there is where the line has gone by then.
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

const helperForm =
  /(?<=^|[\s;&|(`!{])(?:((?:[^\s'"`$;&|()<>]*[/\\])?(?:python\d?(?:\.\d{1,2})?|py|sh|bash|dash)(?:\.exe)?)\s+)?([^\s'"`$;&|()<>]*post_command[/\\][A-Za-z0-9_-]{1,80}\.(?:py|sh))(?=[\s;&|)`]|$)/g;

function rewriteByForm(line: string, names: HelperNames, rewrite: (call: HelperCall) => string) {
  const calls: HelperCall[] = [];
  const rewritten = line.replace(helperForm, (whole: string, interpreter: string | undefined, script: string) => {
    const calledBy = interpreter === undefined ? "program" : /py/.test(interpreter.slice(-12)) ? "py" : "sh";
    const found = helperScript(script, names, calledBy);
    if (found === undefined) return whole;
    const call = { ...found, wordsFrom: 0, argumentsAt: 0 };
    calls.push(call);
    return rewrite(call);
  });
  return { line: rewritten, calls };
}
