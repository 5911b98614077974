import { type ChildProcess, spawn } from "node:child_process";
import { hangLimitMs } from "./hang-limit.ts";

export interface ProgramResult {
  /** `null` if a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly directory?: string;
  /** The whole environment; default is this process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Ended by SIGKILL after this; default `hangLimitMs`. */
  readonly limitMs?: number;
}

/** Runs a program to its end and returns what it printed, with any exit status. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const child = spawn(program, args, {
    cwd: options.directory,
    env: options.environment ?? process.env,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: options.limitMs ?? hangLimitMs,
    killSignal: "SIGKILL",
  });
  // A program that does not read its input has ended before all was written.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const status = await exitOf(child);
  return { status, stdout: stdout(), stderr: stderr() };
}

/** As `runProgram`, but throws with the program's output if the exit status is not 0. */
export async function runWell(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const result = await runProgram(program, args, options);
  if (result.status === 0) return result;
  throw new Error(
    `${program} ${args.join(" ")}: exit status ${result.status}\n${result.stdout}\n${result.stderr}`.trim(),
  );
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status));
  });
}
