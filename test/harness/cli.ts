import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { hangLimitMs } from "./hang-limit.ts";
import { launcherOf } from "./launchers.ts";

const launcher = launcherOf("harbinger");

export interface CliResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** The working directory: database, log and reports appear there. */
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Ended by SIGKILL after this; default `hangLimitMs`. */
  readonly limitMs?: number;
  /**
   * The command instead of Node and a launcher: an artefact or an installed program, after words that start it
   * (`setpriv`). Default: HARBINGER_TEST_EXECUTABLE, to try an executable with the tests of a checkout.
   */
  readonly program?: readonly string[];
  /** Another program of bin/, or another Node. */
  readonly launcher?: string;
  readonly node?: string;
}

/** Runs the command line as a user would, to its end. */
export async function harbinger(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const running = startHarbinger(args, options);
  running.process.stdin?.end(options.input ?? "");
  return await running.ended;
}

export interface RunningCli {
  readonly process: ChildProcessByStdio<import("node:stream").Writable, Readable, Readable>;
  readonly ended: Promise<CliResult>;
  /** Resolves as soon as `text` is in standard output or error; rejects when the process ends without it. */
  waitForOutput(text: string | RegExp): Promise<string>;
}

/** Starts the command line and leaves it running; the caller ends it. */
export function startHarbinger(args: readonly string[], options: CliOptions): RunningCli {
  const script = options.launcher ?? launcher;
  const tried = process.env["HARBINGER_TEST_EXECUTABLE"];
  const [file = process.execPath, ...words] =
    options.program ??
    (tried === undefined || options.node !== undefined ? [options.node ?? process.execPath, script] : [tried]);
  const child = spawn(file, [...words, ...args], {
    // A single executable is the program whose name it is called by.
    argv0: words.length === 0 ? path.basename(script, ".js") : file,
    cwd: options.directory,
    // Tests run side by side, and only one process can have the usual port.
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "", HARBINGER_WEB_LISTEN: "off", ...options.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), options.limitMs ?? hangLimitMs);
  const ended = new Promise<CliResult>((resolve) => {
    child.once("close", (status, signal) => {
      clearTimeout(limit);
      resolve({ status, signal, stdout, stderr });
    });
  });
  const waitForOutput = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const all = stdout + stderr;
        if (typeof text === "string" ? all.includes(text) : text.test(all)) {
          listeners.delete(look);
          resolve(all);
        }
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without printing ${String(text)}:\n${stdout}\n${stderr}`)));
    });
  return { process: child, ended, waitForOutput };
}

/** A temporary folder, removed with the returned object. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
  return {
    path: folder,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
