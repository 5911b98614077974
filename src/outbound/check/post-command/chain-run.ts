import os from "node:os";
import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { maxTimerMs } from "../../../core/clock.ts";
import { messageOf } from "../../../core/errors.ts";
import type { ShellOptions, ShellOutcome } from "../../../platform/shell.ts";
import type { Semaphore } from "../semaphore.ts";
import type { Chain, Silent } from "./chain.ts";
import type { Counterparts } from "./counterparts.ts";
import type { HelperCall } from "./helper-call.ts";
import { OutputCollector } from "./output-collector.ts";
import type { RunCommandLine } from "./post-command.ts";
import { runScript, type ScriptPlace } from "./run-script.ts";

export interface ChainRunOptions {
  readonly counterparts: Counterparts;
  readonly ownShell: RunCommandLine;
  /** Limits processes. */
  readonly processes: Semaphore;
  readonly shellOptions: ShellOptions;
  readonly onResult: ((result: CheckResult, request: CheckRequest) => void) | undefined;
}

/** Ends the whole line: time is up, an abort, or a shell that could not be started. */
class Ended extends Error {
  readonly outcome:
    | { readonly kind: "timed-out" | "aborted" | "too-much-output" }
    | { readonly kind: "not-started"; readonly reason: string };

  constructor(outcome: Ended["outcome"]) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** The limit for further checks of a host that did not answer one: a tarpit costs one time-out. */
const afterTimeoutMs = 3000;

const nothingSilent: Silent = { stdout: false, stderr: false };

/** One run of one chain: its checks in this process, everything else in the shell. */
export class ChainRun {
  readonly #options: ChainRunOptions;
  readonly #stdout: OutputCollector;
  readonly #stderr: OutputCollector;
  readonly #stop = new AbortController();
  readonly #unanswered = new Set<string>();
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
      const code = await this.#run(chain, nothingSilent);
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
    this.#timer = setTimeout(() => this.#stop.abort(), Math.min(ms, maxTimerMs));
  }

  #output() {
    return {
      stdout: this.#stdout.text(),
      stderr: this.#stderr.text(),
      truncated: this.#stdout.truncated || this.#stderr.truncated,
      stdoutTruncated: this.#stdout.truncated,
    };
  }

  /** @returns the exit status, as in `$?` */
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
    const counterpart = this.#options.counterparts.find(call.name);
    if (counterpart === undefined) throw new Error(`no check replaces ${call.script}`);
    const place: ScriptPlace = {
      counterparts: this.#options.counterparts,
      print: (text) => {
        if (!silent.stdout) this.#stdout.add(`${text}\n`, false);
      },
      printError: (text) => {
        if (!silent.stderr) this.#stderr.add(`${text}\n`, false);
      },
      run: (check, request, hasOwnTime) => this.#ask(check, request, hasOwnTime),
    };
    try {
      return await runScript({ script: call.script, counterpart, form: call.form, args }, place);
    } catch (error) {
      if (error instanceof Ended) throw error;
      // A bug of a check must not lose the rest of the line's evidence.
      place.printError(`${call.script}: ${messageOf(error)}`);
      return 1;
    }
  }

  async #ask(check: Check, request: CheckRequest, hasOwnTime: boolean): Promise<CheckResult> {
    this.#throwIfOver();
    const endpoint = `${request.host} ${request.port}`;
    const usualMs = hasOwnTime ? undefined : check.inPostCommand?.maxTimeMs;
    const limitMs = this.#unanswered.has(endpoint) ? afterTimeoutMs : (usualMs ?? request.timeoutMs);
    const timely = { ...request, timeoutMs: Math.min(request.timeoutMs, limitMs, this.#remainingMs()) };
    const startedAt = performance.now();
    const result = await check.run(timely, this.#stop.signal);
    this.#throwIfOver();
    if (!result.passed && performance.now() - startedAt >= timely.timeoutMs - 5) this.#unanswered.add(endpoint);
    this.#options.onResult?.(result, timely);
    return result;
  }

  async #runCommands(text: string, silent: Silent): Promise<number> {
    this.#throwIfOver();
    const { shellOptions, ownShell, processes } = this.#options;
    const { signal } = this.#stop;
    const leftMs = this.#remainingMs();
    // Waiting for other processes does not count against the time of this line.
    clearTimeout(this.#timer);
    const outcome = await processes.run(() => {
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
    if (outcome.kind === "too-much-output") throw new Ended({ kind: outcome.kind });
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
