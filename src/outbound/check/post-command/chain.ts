import { readShellLine, type ShellOperator, type ShellPart, type ShellWord } from "../../../platform/shell-line.ts";
import { findHelperCall, type HelperCall, type HelperNames } from "./helper-call.ts";

/**
 * A command line of a POSIX shell (IEEE 1003.1, Shell Command Language, section 2.9) that is made of simple commands, `&&`,
 * `||`, `;` and parentheses only, so its checks can run here and the rest in the shell, piece by piece, with the
 * same outcome as the whole line.
 */
export type Chain =
  | { readonly kind: "check"; readonly call: HelperCall; readonly args: readonly string[]; readonly silent: Silent }
  /** Passed to the shell unchanged; it does not change the shell for other parts. */
  | { readonly kind: "commands"; readonly text: string }
  | { readonly kind: "group"; readonly body: Chain; readonly silent: Silent }
  | { readonly kind: "sequence"; readonly items: readonly Chain[] }
  | {
      readonly kind: "and-or";
      readonly first: Chain;
      readonly rest: readonly { readonly operator: "&&" | "||"; readonly chain: Chain }[];
    };

/** Streams that go to /dev/null. */
export interface Silent {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** The text that replaces a helper call in the line, from its first word to its last. */
export type Rewrite = (call: HelperCall) => string;

/** Commands that change the shell in which they run, so later commands need the same shell. */
const changesShell = new Set(
  (
    ". source cd chdir pushd popd eval exec exit export unset set shift trap umask ulimit alias unalias readonly local " +
    "declare typeset let read mapfile return break continue wait bg fg jobs hash getopts enable shopt builtin command " +
    "kill times coproc if then else elif fi for while until do done case esac in function select { } [[ ! time"
  ).split(" "),
);

/**
 * @param rewrite for helper calls that need the shell, because of expansions or other redirections
 * @returns `undefined` where the line contains anything else; then the shell has to run it whole
 */
export function readChain(line: string, names: HelperNames, rewrite: Rewrite): Chain | undefined {
  const read = readShellLine(line, "posix");
  if (read.kind === "complex") return undefined;
  const reader = new ChainReader(line, read.parts, names, rewrite);
  return reader.read();
}

/** Thrown and caught within this file. */
class NotAChain extends Error {}

/** A line with deeper parentheses goes to the shell. */
const maxDepth = 50;

class ChainReader {
  readonly #line: string;
  readonly #parts: readonly ShellPart[];
  readonly #names: HelperNames;
  readonly #rewrite: Rewrite;
  #at = 0;
  #depth = 0;

  constructor(line: string, parts: readonly ShellPart[], names: HelperNames, rewrite: Rewrite) {
    this.#line = line;
    this.#parts = parts;
    this.#names = names;
    this.#rewrite = rewrite;
  }

  read(): Chain | undefined {
    try {
      const chain = this.#readList();
      return this.#at === this.#parts.length ? chain : undefined;
    } catch (error) {
      if (error instanceof NotAChain) return undefined;
      throw error;
    }
  }

  #operator(): string | undefined {
    const part = this.#parts[this.#at];
    return part?.kind === "operator" ? part.text : undefined;
  }

  #skipLineFeeds(): void {
    while (this.#operator() === "\n") this.#at += 1;
  }

  #readList(): Chain {
    const items: Chain[] = [];
    for (;;) {
      this.#skipLineFeeds();
      if (this.#at === this.#parts.length || this.#operator() === ")") break;
      items.push(this.#readAndOr());
      const operator = this.#operator();
      if (operator === ";" || operator === "\n") this.#at += 1;
      else if (operator !== ")" && this.#at < this.#parts.length) throw new NotAChain();
    }
    const [first] = items;
    if (first === undefined) throw new NotAChain();
    return items.length === 1 ? first : { kind: "sequence", items };
  }

  #readAndOr(): Chain {
    const first = this.#readPipeline();
    const rest: { operator: "&&" | "||"; chain: Chain }[] = [];
    for (;;) {
      const operator = this.#operator();
      if (operator !== "&&" && operator !== "||") break;
      this.#at += 1;
      this.#skipLineFeeds();
      rest.push({ operator, chain: this.#readPipeline() });
    }
    return rest.length === 0 ? first : { kind: "and-or", first, rest };
  }

  #readPipeline(): Chain {
    if (this.#operator() === "(") {
      const group = this.#readGroup();
      if (this.#operator() === "|") throw new NotAChain();
      return group;
    }
    const commands = [this.#readSimple()];
    while (this.#operator() === "|") {
      this.#at += 1;
      this.#skipLineFeeds();
      if (this.#operator() === "(") throw new NotAChain();
      commands.push(this.#readSimple());
    }
    const [only] = commands;
    if (only === undefined) throw new NotAChain();
    const staysHere = commands.length === 1 && only.call !== undefined ? this.#checkOf(only, only.call) : undefined;
    return staysHere ?? { kind: "commands", text: commands.map((command) => this.#textOf(command)).join(" | ") };
  }

  #readGroup(): Chain {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new NotAChain();
    this.#at += 1;
    const body = this.#readList();
    if (this.#operator() !== ")") throw new NotAChain();
    this.#at += 1;
    this.#depth -= 1;
    const redirections: Redirection[] = [];
    while (this.#isRedirection()) redirections.push(this.#readRedirection());
    const silent = silentOf(redirections);
    if (silent === undefined) throw new NotAChain();
    return { kind: "group", body, silent };
  }

  #isRedirection(): boolean {
    const part = this.#parts[this.#at];
    return part?.kind === "operator" && part.isRedirection;
  }

  #readRedirection(): Redirection {
    const operator = this.#parts[this.#at];
    const target = this.#parts[this.#at + 1];
    if (operator?.kind !== "operator" || target?.kind !== "word") throw new NotAChain();
    this.#at += 2;
    const digits = /^\d*/.exec(this.#line.slice(operator.start, operator.end))?.[0] ?? "";
    return { operator, descriptor: digits, target };
  }

  #readSimple(): SimpleCommand {
    const words: ShellWord[] = [];
    const redirections: Redirection[] = [];
    const start = this.#parts[this.#at];
    for (;;) {
      const part = this.#parts[this.#at];
      if (this.#isRedirection()) redirections.push(this.#readRedirection());
      else if (part?.kind === "word") {
        words.push(part);
        this.#at += 1;
      } else break;
    }
    const last = this.#parts[this.#at - 1];
    const [head] = words;
    if (start === undefined || last === undefined || head === undefined) throw new NotAChain();
    const expanding = words.filter((word) => word.expands).map((word) => this.#line.slice(word.start, word.end));
    // An expanded program name may be a command that changes the shell, and so may an assignment.
    if (changesShell.has(head.text) || head.expands || /^[A-Za-z_]\w*\+?=/.test(head.text)) throw new NotAChain();
    // $?, $!, ${NAME=...} depend on earlier commands of the same shell.
    if (expanding.some((text) => /\$(?![A-Za-z])/.test(text))) throw new NotAChain();
    return { words, redirections, start: start.start, end: last.end, call: findHelperCall(words, this.#names) };
  }

  /** The check that runs here; `undefined` where the shell is needed for its words or streams. */
  #checkOf(command: SimpleCommand, call: HelperCall): Chain | undefined {
    const { words, redirections } = command;
    const silent = silentOf(redirections);
    if (call.wordsFrom !== 0 || silent === undefined) return undefined;
    const args = words.slice(call.argumentsAt);
    if (args.some((word) => word.expands || isPattern(this.#line.slice(word.start, word.end)))) return undefined;
    return { kind: "check", call, args: args.map((word) => word.text), silent };
  }

  #textOf({ words, start, end, call }: SimpleCommand): string {
    const from = words[call?.wordsFrom ?? 0];
    const to = words[(call?.argumentsAt ?? 0) - 1];
    if (call === undefined || from === undefined || to === undefined) return this.#line.slice(start, end);
    return this.#line.slice(start, from.start) + this.#rewrite(call) + this.#line.slice(to.end, end);
  }
}

/** The shell expands these to file names. An address in brackets with its port is a pattern too, but matches no real file. */
function isPattern(text: string): boolean {
  return /[*?[]/.test(text) && !/^["']?\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?["']?$/.test(text);
}

interface SimpleCommand {
  readonly words: readonly ShellWord[];
  readonly redirections: readonly Redirection[];
  readonly start: number;
  readonly end: number;
  readonly call: HelperCall | undefined;
}

interface Redirection {
  readonly operator: ShellOperator;
  readonly descriptor: string;
  readonly target: ShellWord;
}

/** Which streams go to /dev/null; `undefined` for any other redirection. */
function silentOf(redirections: readonly Redirection[]): Silent | undefined {
  let stdout = false;
  let stderr = false;
  for (const { operator, descriptor, target } of redirections) {
    const isOutput = descriptor === "" || descriptor === "1";
    const isError = descriptor === "2";
    if (operator.text === "<" && (descriptor === "" || descriptor === "0") && target.text === "/dev/null") continue;
    if ((operator.text === ">" || operator.text === ">>") && target.text === "/dev/null" && (isOutput || isError)) {
      if (isOutput) stdout = true;
      else stderr = true;
    } else if (operator.text === ">&" && isError && target.text === "1" && stdout) {
      stderr = true;
    } else {
      return undefined;
    }
  }
  return { stdout, stderr };
}
