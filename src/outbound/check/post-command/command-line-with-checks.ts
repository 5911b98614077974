import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { messageOf } from "../../../core/errors.ts";
import { quoteForShell, runShell, type ShellOptions, type ShellOutcome } from "../../../platform/shell.ts";
import { systemDialect } from "../../../platform/shell-line.ts";
import { readCheckArguments } from "../check-arguments.ts";
import { checkJson } from "../check-json.ts";
import { entryNamed } from "../exposure/catalogue.ts";
import { type Chain, readChain, type Silent } from "./chain.ts";
import type { HelperCall, HelperMeaning, HelperNames } from "./helper-call.ts";
import { OutputCollector } from "./output-collector.ts";
import type { RunCommandLine } from "./post-command-runner.ts";
import { rewriteLine } from "./rewrite-line.ts";
import { Turns } from "./turns.ts";

export interface CommandLineWithChecksOptions {
  /** The built-in checks, whose `ca_certs/` stand in `directory`. */
  readonly checks: readonly Check[];
  /** Where command lines run that name no folder of their own; default: the working directory. */
  readonly directory?: string;
  /** Is told once of each script whose place a check takes. */
  readonly onBuiltIn?: (script: string, check: string) => void;
  /** Is given what each check found, of those that ran in this process. */
  readonly onResult?: (result: CheckResult, request: CheckRequest) => void;
  /** Node and launcher that run a check as a process of its own, where the shell has to start it. */
  readonly launcher?: { readonly node: string; readonly script: string };
  /** Runs what is no check; default {@link runShell}. */
  readonly runShell?: RunCommandLine;
  /**
   * Processes at once; default four per processor, from 8 to 32. Lines that wait for one do not spend their time. So
   * many more lines than processes can run at once: see {@link linesAtOnce}.
   */
  readonly processesAtOnce?: number;
}

/** What a {@link PostCommandRunner} may run at once of these lines: a check in this process is little more than a socket. */
export const linesAtOnce = 64;

/** One handshake, or its absence, is told sooner than a whole conversation. */
const quickTimeoutMs: Readonly<Record<string, number>> = { tls: 5000 };

/** From this folder, in the sources as in the compiled files. */
const ownLauncher = fileURLToPath(new URL("../../../../bin/harbinger.js", import.meta.url));

/** A report has no use for what takes many connections to find out; nobody sees the icon's hash there. */
const quickOptions: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  tls: { brief: true },
  http: { "no-favicon": true },
};

/**
 * Runs command lines in which the earlier tool's helper scripts (`python post_command/port_check.py HOST PORT`) are our
 * own checks, unless such a file exists. Chains of `&&`, `||`, `;` and parentheses are followed here: their checks run in
 * this process, at once and without a program, and everything else by the shell. Any other line goes to the shell whole,
 * with `node harbinger.js check ...` in the place of the scripts. Lines without scripts are not touched.
 */
export function runCommandLineWithChecks(options: CommandLineWithChecksOptions): RunCommandLine {
  const told = new Set<string>();
  const checks = new Map(options.checks.map((check) => [check.name, check]));
  const turns = new Turns(options.processesAtOnce ?? Math.min(32, Math.max(8, 4 * os.availableParallelism())));
  const ownShell = options.runShell ?? runShell;
  const shell: RunCommandLine = (line, shellOptions) =>
    turns.run(() => ownShell(line, shellOptions), shellOptions.signal);
  const { node, script } = options.launcher ?? { node: process.execPath, script: ownLauncher };
  const rewrite = (call: HelperCall): string => {
    const words = [node, script, "check", "--allow", "0.0.0.0/0,::/0", call.check, ...wordsOf(call, checks)];
    return words.map(quoteForShell).join(" ");
  };
  const tell = (call: HelperCall) => {
    if (told.has(call.script)) return;
    told.add(call.script);
    options.onBuiltIn?.(call.script, call.check);
  };
  return async (commandLine, shellOptions) => {
    const directory = path.resolve(shellOptions.directory ?? options.directory ?? process.cwd());
    const names: HelperNames = { directory, checkOf: (name) => meaningOfName(name, checks) };
    const rewritten = rewriteLine(commandLine, systemDialect, names, rewrite);
    if (rewritten.calls.length === 0) return await shell(commandLine, shellOptions);
    for (const call of rewritten.calls) tell(call);
    // What is given on standard input goes to whoever reads first: only one shell can sort that out.
    const chain =
      systemDialect === "posix" && shellOptions.input === undefined
        ? readChain(commandLine, names, rewrite)
        : undefined;
    if (chain === undefined) return await shell(rewritten.line, shellOptions);
    return await new ChainRun({ checks, ownShell, turns, shellOptions, onResult: options.onResult }).run(chain);
  };
}

/** `redis.py`, `redis_check.py`: a check of that name, or an entry of the exposure catalogue that has it. */
function meaningOfName(name: string, checks: ReadonlyMap<string, Check>): HelperMeaning | undefined {
  const plain = name.replace(/_(?:check|scanner|scan)$/, "");
  for (const candidate of [name, plain]) if (checks.has(candidate)) return { check: candidate };
  const entry = checks.has("exposure") ? (entryNamed(name) ?? entryNamed(plain)) : undefined;
  return entry === undefined ? undefined : { check: "exposure", options: { service: entry.name } };
}

function impliedOptions(call: HelperCall, checks: ReadonlyMap<string, Check>): Record<string, string | boolean> {
  const known = checks.get(call.check)?.options ?? [];
  const implied = { ...quickOptions[call.check], ...call.options };
  return Object.fromEntries(Object.entries(implied).filter(([name]) => known.some((option) => option.name === name)));
}

function wordsOf(call: HelperCall, checks: ReadonlyMap<string, Check>): string[] {
  return Object.entries(impliedOptions(call, checks)).flatMap(([name, value]) =>
    typeof value === "string" ? [`--${name}`, value] : value ? [`--${name}`] : [],
  );
}

interface ChainRunOptions {
  readonly checks: ReadonlyMap<string, Check>;
  readonly ownShell: RunCommandLine;
  readonly turns: Turns;
  readonly shellOptions: ShellOptions;
  readonly onResult: CommandLineWithChecksOptions["onResult"];
}

/** Ends the whole line: its time is up, it was stopped, or a shell could not be started. */
class Ended extends Error {
  readonly outcome:
    | { readonly kind: "timed-out" | "aborted" }
    | { readonly kind: "not-started"; readonly reason: string };

  constructor(outcome: Ended["outcome"]) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** A host that let one check wait in vain gets no more than this of the line's next ones: a tarpit costs one time-out. */
const afterSilenceMs = 3000;

const loud: Silent = { stdout: false, stderr: false };

/** One run of one chain. */
class ChainRun {
  readonly #options: ChainRunOptions;
  readonly #stdout: OutputCollector;
  readonly #stderr: OutputCollector;
  readonly #stop = new AbortController();
  readonly #silent = new Set<string>();
  #endsAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChainRunOptions) {
    const { outputLimit, errorLimit } = options.shellOptions;
    this.#options = options;
    this.#stdout = new OutputCollector(outputLimit);
    this.#stderr = new OutputCollector(errorLimit ?? outputLimit);
  }

  async run(chain: Chain): Promise<ShellOutcome> {
    const { signal } = this.#options.shellOptions;
    const onAbort = () => this.#stop.abort();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    this.#startTime(this.#options.shellOptions.timeoutMs);
    try {
      const code = await this.#run(chain, loud);
      return { kind: "exited", code, ...this.#output() };
    } catch (error) {
      if (error instanceof Ended) return { ...error.outcome, ...this.#output() };
      throw error;
    } finally {
      clearTimeout(this.#timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #startTime(ms: number): void {
    this.#endsAt = performance.now() + ms;
    this.#timer = setTimeout(() => this.#stop.abort(), Math.min(ms, 2 ** 31 - 1));
  }

  #output() {
    return {
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      truncated: this.#stdout.truncated || this.#stderr.truncated,
      stdoutTruncated: this.#stdout.truncated,
    };
  }

  /** @returns the exit status, as `$?` would have it */
  async #run(chain: Chain, outer: Silent): Promise<number> {
    switch (chain.kind) {
      case "sequence": {
        let status = 0;
        for (const item of chain.items) status = await this.#run(item, outer);
        return status;
      }
      case "and-or": {
        let status = await this.#run(chain.first, outer);
        for (const { operator, chain: next } of chain.rest) {
          if ((operator === "&&") === (status === 0)) status = await this.#run(next, outer);
        }
        return status;
      }
      case "group":
        return await this.#run(chain.body, either(outer, chain.silent));
      case "check":
        return await this.#runCheck(chain.call, chain.args, either(outer, chain.silent));
      case "commands":
        return await this.#runCommands(chain.text, outer);
    }
  }

  async #runCheck(call: HelperCall, args: readonly string[], silent: Silent): Promise<number> {
    this.#throwIfOver();
    const check = this.#options.checks.get(call.check);
    if (check === undefined) throw new Error(`no check ${call.check}`);
    const read = readCheckArguments(check, args);
    if (read.kind === "wrong") {
      if (!silent.stderr) this.#stderr.add(`${call.script}: ${read.reason}\n`, false);
      return 2;
    }
    const endpoint = `${read.request.host} ${read.request.port}`;
    const hasOwnTime = args.some((word) => /^--timeout(?:=|$)/.test(word));
    const usualMs = hasOwnTime ? undefined : quickTimeoutMs[call.check];
    const patienceMs = this.#silent.has(endpoint) ? afterSilenceMs : (usualMs ?? read.request.timeoutMs);
    const request: CheckRequest = {
      ...read.request,
      timeoutMs: Math.min(read.request.timeoutMs, patienceMs, this.#remainingMs()),
      options: { ...impliedOptions(call, this.#options.checks), ...read.request.options },
    };
    const startedAt = performance.now();
    let result: CheckResult;
    try {
      result = await check.run(request, this.#stop.signal);
    } catch (error) {
      // A bug of a check must not lose the rest of the line's evidence.
      if (!silent.stderr) this.#stderr.add(`${call.script}: ${messageOf(error)}\n`, false);
      return 1;
    }
    this.#throwIfOver();
    if (!result.passed && performance.now() - startedAt >= request.timeoutMs - 5) this.#silent.add(endpoint);
    this.#options.onResult?.(result, request);
    if (!silent.stdout && result.output !== "") {
      this.#stdout.add(read.json ? `${JSON.stringify(checkJson(result, request))}\n` : `${result.output}\n`, false);
    }
    return result.passed ? 0 : 1;
  }

  async #runCommands(text: string, silent: Silent): Promise<number> {
    this.#throwIfOver();
    const { shellOptions, ownShell, turns } = this.#options;
    const { signal } = this.#stop;
    const leftMs = this.#remainingMs();
    // Waiting for others is no fault of this host: its time stands still.
    clearTimeout(this.#timer);
    const outcome = await turns.run(() => {
      this.#startTime(leftMs);
      const outputLimit = Math.max(1, this.#stdout.room);
      const errorLimit = Math.max(1, this.#stderr.room);
      return ownShell(text, { ...shellOptions, signal, timeoutMs: leftMs, outputLimit, errorLimit });
    }, signal);
    if (!silent.stdout) this.#stdout.add(outcome.stdout, outcome.stdoutTruncated);
    if (!silent.stderr) this.#stderr.add(outcome.stderr, outcome.truncated && !outcome.stdoutTruncated);
    if (outcome.kind === "exited") return outcome.code;
    if (outcome.kind === "killed") return 128 + (signalNumber(outcome.signal) ?? 0);
    if (outcome.kind === "not-started") throw new Ended({ kind: "not-started", reason: outcome.reason });
    throw new Ended({ kind: this.#endKind() });
  }

  #remainingMs(): number {
    return Math.max(1, this.#endsAt - performance.now());
  }

  #throwIfOver(): void {
    if (this.#stop.signal.aborted) throw new Ended({ kind: this.#endKind() });
  }

  #endKind(): "aborted" | "timed-out" {
    return this.#options.shellOptions.signal?.aborted === true ? "aborted" : "timed-out";
  }
}

function either(a: Silent, b: Silent): Silent {
  return { stdout: a.stdout || b.stdout, stderr: a.stderr || b.stderr };
}

function signalNumber(name: string): number | undefined {
  return Object.entries(os.constants.signals).find(([candidate]) => candidate === name)?.[1];
}
