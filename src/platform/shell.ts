import { type ChildProcess, spawn } from "node:child_process";
import { maxTimerMs } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { cutCharacterBytes, decodeOutput } from "../core/text-encoding.ts";

/**
 * Runs command lines that the user configured. The differences between systems (the shell, how to end a process tree) are only
 * here.
 */
export interface ShellOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Written to standard input, which is then closed. Default: standard input is empty. */
  readonly input?: string;
  /** Bytes kept of each stream. The rest is read and dropped; after {@link maxDroppedBytes} the command is ended. */
  readonly outputLimit: number;
  /** Bytes kept of standard error. Default: {@link outputLimit}. */
  readonly errorLimit?: number;
  /** Replaces {@link commandEnvironment}. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly directory?: string | undefined;
}

export interface ShellOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Whether a stream was longer than the limit. */
  readonly truncated: boolean;
  /** Whether standard output was. */
  readonly stdoutTruncated: boolean;
}

/** How a command line ended, with the output until then. */
export type ShellOutcome =
  | ({ readonly kind: "exited"; readonly code: number } & ShellOutput)
  | ({ readonly kind: "killed"; readonly signal: string } & ShellOutput)
  /** `shellCode`: the exit status of the shell, if the shell ended in time but a background process did not. */
  | ({ readonly kind: "timed-out"; readonly shellCode?: number } & ShellOutput)
  | ({ readonly kind: "aborted" } & ShellOutput)
  /** Ended because it printed too much. */
  | ({ readonly kind: "too-much-output" } & ShellOutput)
  | ({ readonly kind: "not-started"; readonly reason: string } & ShellOutput);

/** A command that exceeds the limit of a stream by more than this is assumed to print without end. */
export const maxDroppedBytes = 64 * 1024 * 1024;

/** Time between SIGTERM and SIGKILL. */
const graceMs = 500;

/** Variables that configure this program, and may hold its passwords and tokens. */
const ownVariable = /^(?:HARBINGER|PW)_/i;

/** The inherited environment without this program's own variables: commands must not get its secrets. */
export function commandEnvironment(
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(inherited).filter(([name]) => !ownVariable.test(name)));
}

/** Runs `commandLine` in the system's shell (`/bin/sh -c`, on Windows `cmd.exe /d /s /c`), as one process group. */
export function runShell(commandLine: string, options: ShellOptions): Promise<ShellOutcome> {
  return run(options, () => spawn(commandLine, { ...spawnOptions(options), shell: true }));
}

/** Runs a program without a shell, with `args` unchanged. */
export function runProgram(program: string, args: readonly string[], options: ShellOptions): Promise<ShellOutcome> {
  return run(options, () => spawn(program, [...args], spawnOptions(options)));
}

function spawnOptions(options: ShellOptions) {
  return {
    // A separate process group, so that a time-out also ends what the command started.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"] as ["pipe", "pipe", "pipe"],
    env: { ...(options.environment ?? commandEnvironment()) },
    cwd: options.directory,
  };
}

function run(options: ShellOptions, start: () => ChildProcess): Promise<ShellOutcome> {
  const stdout = new BoundedText(options.outputLimit);
  const stderr = new BoundedText(options.errorLimit ?? options.outputLimit);
  const output = (): ShellOutput => ({
    stdout: stdout.text(),
    stderr: stderr.text(),
    truncated: stdout.truncated || stderr.truncated,
    stdoutTruncated: stdout.truncated,
  });
  if (options.signal?.aborted === true) return Promise.resolve({ kind: "aborted", ...output() });
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = start();
    } catch (error) {
      resolve({ kind: "not-started", reason: messageOf(error), ...output() });
      return;
    }
    let ended: "timed-out" | "aborted" | "too-much-output" | undefined;
    let shellCode: number | undefined;
    let settled = false;
    let force: NodeJS.Timeout | undefined;
    const finish = (outcome: ShellOutcome) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const end = (reason: "timed-out" | "aborted" | "too-much-output") => {
      if (ended !== undefined || settled) return;
      ended = reason;
      signalTree(child, "SIGTERM");
      force = setTimeout(() => {
        signalTree(child, "SIGKILL");
        // A grandchild that left the group may still have the pipes open: do not wait for it.
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, graceMs);
    };
    const timer = setTimeout(() => end("timed-out"), Math.min(options.timeoutMs, maxTimerMs));
    const onAbort = () => end("aborted");
    options.signal?.addEventListener("abort", onAbort, { once: true });
    for (const [stream, kept] of [
      [child.stdout, stdout],
      [child.stderr, stderr],
    ] as const) {
      stream?.on("data", (chunk: Buffer) => {
        kept.add(chunk);
        if (kept.droppedBytes <= maxDroppedBytes) return;
        // If the command ignores the signal below, its next write to the closed pipe ends it.
        stream.destroy();
        end("too-much-output");
      });
    }
    // A command may close the pipe without reading its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    child.on("error", (error) => finish({ kind: "not-started", reason: messageOf(error), ...output() }));
    child.on("exit", (code) => {
      // After a time-out, no process of its group must continue.
      if (ended !== undefined) signalTree(child, "SIGKILL");
      else shellCode = code ?? undefined;
    });
    child.on("close", (code, signal) => {
      clearTimeout(force);
      // The pipes may be closed while a process without them still runs in the group, although the shell has ended.
      if (ended !== undefined) signalTree(child, "SIGKILL");
      if (ended === "timed-out" && shellCode !== undefined) finish({ kind: ended, shellCode, ...output() });
      else if (ended !== undefined) finish({ kind: ended, ...output() });
      else if (code !== null) finish({ kind: "exited", code, ...output() });
      else finish({ kind: "killed", signal: signal ?? "unknown", ...output() });
    });
  });
}

function signalTree(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore", windowsHide: true }).on(
      "error",
      () => {},
    );
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

const firstRoom = 4096;

/** The first `limit` bytes of a stream, in one growing buffer: joining chunks would need the memory twice. */
class BoundedText {
  readonly #limit: number;
  #buffer = Buffer.alloc(0);
  #bytes = 0;
  droppedBytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const kept = Math.min(chunk.length, this.#limit - this.#bytes);
    this.droppedBytes += chunk.length - kept;
    if (kept === 0) return;
    const needed = this.#bytes + kept;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(needed, this.#buffer.length * 2, firstRoom)));
      this.#buffer.copy(grown, 0, 0, this.#bytes);
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, this.#bytes, 0, kept);
    this.#bytes = needed;
  }

  get truncated(): boolean {
    return this.droppedBytes > 0;
  }

  text(): string {
    const bytes = this.#buffer.subarray(0, this.#bytes);
    return decodeOutput(this.truncated ? bytes.subarray(0, bytes.length - cutCharacterBytes(bytes)) : bytes);
  }
}

/** Quotes one word for the system's shell. */
export function quoteForShell(word: string): string {
  if (process.platform === "win32") return `"${word.replaceAll('"', '""')}"`;
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
