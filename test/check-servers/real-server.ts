import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findProgram } from "../../src/platform/programs.ts";
import { freePort } from "../harness/free-port.ts";

/** A real server of this machine on a free port of loopback, in its own folder; it ends with the returned object. */
export interface RealServer extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
}

export interface RealServerPlan {
  readonly program: string;
  /** A fixed port, if needed; default: a free one. */
  readonly port?: number;
  /** Prepares the folder and returns the arguments. */
  arguments(port: number, folder: string): readonly string[] | Promise<readonly string[]>;
  /** How long it may take to open its port, in milliseconds; default 3 minutes. */
  readonly startsWithinMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it serves. Called repeatedly once its port is open, which is enough for most. */
  isReady?(port: number): Promise<boolean>;
}

/** Debian installs servers outside the search path of users. */
const searchPath = `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/rabbitmq/bin:/usr/lib/cockpit`;

/** Why these programs cannot be started here, or `undefined`. */
export function missing(...programs: readonly string[]): string | undefined {
  const absent = programs.filter((program) => findProgram(program, searchPath) === undefined);
  return absent.length === 0 ? undefined : `not installed: ${absent.join(", ")}`;
}

export function programPath(program: string): string {
  const found = findProgram(program, searchPath);
  if (found === undefined) throw new Error(`${program} is not installed`);
  return found;
}

/** Whether an HTTP server answers `path` with a status below 500. */
export async function answersHttp(port: number, path: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** Starts it and waits until its port answers. */
export async function startServer(plan: RealServerPlan): Promise<RealServer> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-server-"));
  // Servers that drop root must still have access.
  chmodSync(folder, 0o755);
  const port = plan.port ?? (await freePort());
  let output = "";
  let child: ChildProcess | undefined;
  try {
    const args = await plan.arguments(port, folder);
    child = spawn(programPath(plan.program), [...args], {
      cwd: folder,
      env: { ...process.env, ...plan.environment },
      stdio: ["ignore", "pipe", "pipe"],
      // A separate process group, so that its children end with it.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4000);
      });
    }
    await answering(plan, port, child, () => output);
  } catch (error) {
    await end(child, folder);
    throw error;
  }
  const started = child;
  return { port, folder, [Symbol.asyncDispose]: () => end(started, folder) };
}

async function end(child: ChildProcess | undefined, folder: string): Promise<void> {
  if (child?.pid !== undefined) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      signalGroup(child.pid, "SIGTERM");
      await Promise.race([ended, delay(3000, undefined, { ref: false })]);
    }
    // Its children may still exist when it has ended itself.
    signalGroup(child.pid, "SIGKILL");
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has already ended.
  }
}

/** With two processors and several of them at once, those written in Java and Erlang are slow. */
const maxStartMs = 180_000;
const pauseMs = 25;

async function answering(plan: RealServerPlan, port: number, child: ChildProcess, output: () => string): Promise<void> {
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  const attempts = (plan.startsWithinMs ?? maxStartMs) / pauseMs;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (failure !== undefined || child.exitCode !== null) throw new Error(`ended at start: ${failure ?? output()}`);
    if ((await accepts(port)) && (plan.isReady === undefined || (await plan.isReady(port)))) return;
    // Programs have no common way to report that they are ready: their port is probed.
    await delay(pauseMs);
  }
  throw new Error(`did not open its port: ${output()}`);
}

/** Whether a program listens on this port of the loopback. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
