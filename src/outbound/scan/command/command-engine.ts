import { setImmediate } from "node:timers/promises";
import type { Address } from "../../../core/address.ts";
import type { Port } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult, Silence } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { stopReason } from "../../../core/stopped.ts";
import { runShell, type ShellOutcome } from "../../../platform/shell.ts";
import { baseName } from "../nmap/nmap-call.ts";
import { nmapComplaints } from "../nmap/nmap-complaints.ts";
import { commandsOf, lineLooksLocal } from "../nmap/nmap-viewpoint.ts";
import { extractAddresses } from "./address-extractor.ts";
import { failureText, joinReasons } from "./failure-text.ts";

/** A command line from the configuration that prints addresses. */
export interface CommandPlan {
  readonly engine: "command";
  /** As configured: `{port}` is not filled in. */
  readonly commandLine: string;
  readonly timeoutMs: number;
}

export interface CommandEngineOptions {
  /** Bytes of standard output that are read; more makes the scan partial. Default 32 MiB. */
  readonly outputLimit?: number;
  /** Different addresses that one run may print; more makes the scan partial. Default 1,000,000. */
  readonly addressLimit?: number;
}

const batchSize = 500;
const partLength = 256 * 1024;
const errorLimit = 64 * 1024;

interface Run {
  readonly commandLine: string;
  readonly ports: readonly Port[];
}

/**
 * Scans with any program that prints addresses. The shell runs the command line from the configuration; each address in its standard
 * output is a host with the watched port open.
 *
 * With `{port}` in the command line it runs once per port of the watch, one after the other. Without it, it runs once,
 * and its addresses count for every port. Braces other than `{port}` stay as they are.
 *
 * Where a command only prints a list, what it no longer lists is gone. Other commands scan a network, and may not have probed what
 * they do not print: then the result has a {@link ScanResult.silence}.
 *
 * The output of a failed command is not used, because error messages may contain addresses. One failed run makes the scan
 * `failed`; sightings of the other runs count.
 */
export class CommandEngine implements ScanEngine<CommandPlan> {
  readonly #outputLimit: number;
  readonly #addressLimit: number;

  constructor(options: CommandEngineOptions = {}) {
    this.#outputLimit = options.outputLimit ?? 32 * 1024 * 1024;
    this.#addressLimit = options.addressLimit ?? 1_000_000;
  }

  async scan(job: ScanJob<CommandPlan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const runs = runsOf(job);
    const failures: string[] = [];
    const gaps: string[] = [];
    // nmap exits with 0 although it skipped targets.
    const complaints = new Set<string>();
    const notes = new Set<string>();
    const runsNmap = /\bnmap\b/.test(job.plan.commandLine);
    let done = 0;
    let found = 0;
    let isRead = true;
    for (const run of runs) {
      const outcome = doneInTime(
        await runShell(run.commandLine, {
          timeoutMs: job.plan.timeoutMs,
          signal,
          outputLimit: this.#outputLimit,
          errorLimit,
        }),
        notes,
      );
      if (outcome.kind === "aborted") {
        gaps.push(stopReason(signal));
        break;
      }
      const failure = failureText("Command", run.commandLine, outcome, job.plan.timeoutMs);
      if (failure === undefined) {
        const reading = await this.#sight(outcome.stdout, outcome.stdoutTruncated, run.ports, observer, signal);
        found += reading.found;
        isRead = reading.isWhole;
        if (runsNmap) for (const gap of nmapComplaints(outcome.stderr).gaps) complaints.add(gap);
        if (reading.gap !== undefined) gaps.push(`${reading.gap}: ${safeText(run.commandLine)}`);
      } else {
        failures.push(failure);
      }
      done += run.ports.length;
      observer.progress?.({ done, total: job.ports.length, found });
      if (signal.aborted) {
        if (done < job.ports.length || !isRead) gaps.push(stopReason(signal));
        break;
      }
    }
    const hostsOnly = runs.length === 1 && job.ports.length > 1;
    const result = { engine: "command", notes: [...notes], ...(hostsOnly ? { hostsOnly } : {}) } as const;
    if (failures.length > 0) {
      return { ...result, status: "failed", coverage: { kind: "none" }, reason: joinReasons([...failures, ...gaps]) };
    }
    if (gaps.length > 0) {
      return { ...result, status: "partial", coverage: { kind: "none" }, reason: joinReasons(gaps) };
    }
    const silence = isPlainList(job.plan.commandLine) ? {} : { silence: silenceOf(job.plan.commandLine) };
    if (complaints.size > 0) {
      const reason = joinReasons([...complaints]);
      return { ...result, ...silence, status: "partial", coverage: { kind: "none" }, reason };
    }
    return { ...result, ...silence, status: "complete", coverage: { kind: "all" } };
  }

  /** Passes the addresses in the output to the observer. @returns their number, why they are not all, and false where `signal` ended it */
  async #sight(
    stdout: string,
    truncated: boolean,
    ports: readonly Port[],
    observer: ScanObserver,
    signal: AbortSignal,
  ): Promise<{ readonly found: number; readonly gap: string | undefined; readonly isWhole: boolean }> {
    // The address at the cut may be incomplete.
    const whole = truncated ? withoutLastWord(stdout) : stdout;
    const seen = new Set<Address>();
    let batch: Sighting[] = [];
    let found = 0;
    let full = false;
    let isWhole = true;
    let gap = truncated ? `The output was longer than ${this.#outputLimit} bytes, the rest was not read` : undefined;
    for (const part of partsOf(whole)) {
      for (const address of extractAddresses(part)) {
        if (seen.has(address)) continue;
        if (seen.size === this.#addressLimit) {
          full = true;
          break;
        }
        seen.add(address);
        for (const port of ports) batch.push({ address, port });
        found += ports.length;
        if (batch.length < batchSize) continue;
        await observer.sighted(batch);
        batch = [];
      }
      if (full) gap = `The output contained more than ${this.#addressLimit} addresses, the rest was not read`;
      if (full) break;
      if (signal.aborted) {
        isWhole = false;
        break;
      }
      // Large outputs must not block the event loop.
      await setImmediate();
    }
    if (batch.length > 0) await observer.sighted(batch);
    return { found, gap, isWhole };
  }
}

function runsOf(job: ScanJob<CommandPlan>): readonly Run[] {
  const { commandLine } = job.plan;
  if (!commandLine.includes("{port}")) return [{ commandLine, ports: job.ports }];
  return job.ports.map((port) => ({ commandLine: commandLine.replaceAll("{port}", String(port)), ports: [port] }));
}

/** The text in parts that end with a line, so that no address is cut. */
function* partsOf(text: string): Generator<string, void, undefined> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at + partLength);
    const end = newline < 0 ? text.length : newline + 1;
    yield text.slice(at, end);
    at = end;
  }
}

function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > 0 && !/\s/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/**
 * A command that exited with 0 counts even if a background process kept its output open. The beginning of an endless output
 * counts too, and makes the scan partial.
 */
function doneInTime(outcome: ShellOutcome, notes: Set<string>): ShellOutcome {
  if (outcome.kind === "too-much-output" && outcome.stdoutTruncated) {
    notes.add("The command printed too much and was stopped");
    return { ...outcome, kind: "exited", code: 0 };
  }
  if (outcome.kind !== "timed-out" || outcome.shellCode !== 0) return outcome;
  notes.add("The command left a background process, which was stopped at the time limit");
  return { ...outcome, kind: "exited", code: 0 };
}

/** Programs that print arguments, files or web pages, or process text; none of them scans a network. */
const listers = new Set(
  "echo printf cat tac type grep egrep fgrep awk gawk mawk sed cut sort uniq tr head tail tee paste join comm column jq yq xmllint curl wget true false test [ : sleep touch exit read cd ls mkdir rm".split(
    " ",
  ),
);

/** Every command of the line only prints or processes text. */
function isPlainList(line: string): boolean {
  return commandsOf(line).every((words) => {
    const head = words.find((word) => !/^[A-Za-z_]\w*=/.test(word));
    return head === undefined || listers.has(baseName(head));
  });
}

function silenceOf(line: string): Silence {
  return { requested: { kind: "all" }, isProof: () => false, isFromHere: lineLooksLocal(line) };
}
