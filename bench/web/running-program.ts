import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../test/harness/free-port.ts";

const root = path.resolve(import.meta.dirname, "../..");
const token = "0123456789abcdefghij";
const priority = -15;

/** Starts a program that runs before others of this machine, where that is allowed. It has a session of its own. */
export function startFirst(program: string, words: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn("nice", [`--adjustment=${priority}`, program, ...words], { ...options, detached: true });
  try {
    // With automatic groups Linux compares priorities only within a session.
    writeFileSync(`/proc/${child.pid}/autogroup`, String(priority));
  } catch {
    // Not root, or without such groups.
  }
  return child;
}

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
  readonly text: string;
}

/** Of the event loop since the last question. */
export interface LoopDelay {
  /** The longest time until a timer could run: other programs may have had the processor meanwhile. */
  readonly maxMs: number;
  /** The most processor time of its thread in one turn. */
  readonly maxCpuMs: number;
}

/** A `harbinger run` with one decoy port, no watch, and the API, from this checkout. */
export class RunningProgram implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #loopSocket: string;
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly webPort: number;
  readonly decoyPort: number;

  private constructor(options: { process: ChildProcess; loopSocket: string; webPort: number; decoyPort: number }) {
    this.#process = options.process;
    this.#loopSocket = options.loopSocket;
    this.webPort = options.webPort;
    this.decoyPort = options.decoyPort;
  }

  static async start(folder: string, store: string): Promise<RunningProgram> {
    const webPort = await freePort();
    const decoyPort = await freePort();
    writeFileSync(
      path.join(folder, "harbinger.yaml"),
      `store: ${store}
web: { listen: "127.0.0.1:${webPort}", tokens: { bench: { token: "${token}", role: read } } }
listeners: { decoy: { ports: [${decoyPort}], host: 127.0.0.1, limits: { per_address: 1000 } } }
retention: { connections: 365d, connections_max_size: 20GB }
`,
    );
    const loopSocket = path.join(folder, "loop.sock");
    const child = startFirst(
      process.execPath,
      [`--import=${path.join(import.meta.dirname, "loop-watch.mjs")}`, path.join(root, "bin/harbinger.js"), "run"],
      { cwd: folder, env: { ...process.env, HARBINGER_BENCH_LOOP: loopSocket }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    const isServing = new Promise<void>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-20_000);
        if (said.includes("serving the pages")) resolve();
      };
      child.stdout?.on("data", look);
      child.stderr?.on("data", look);
      child.once("exit", () => reject(new Error(`the program ended:\n${said}`)));
    });
    await isServing;
    return new RunningProgram({ process: child, loopSocket, webPort, decoyPort });
  }

  ask(place: string): Promise<Answer> {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: this.webPort,
        path: place,
        agent: this.#agent,
        headers: { authorization: `Bearer ${token}` },
      };
      const request = http.get(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks);
          const ms = performance.now() - began;
          resolve({ status: response.statusCode ?? 0, bytes: body.length, ms, text: body.toString() });
        });
      });
      request.on("error", reject);
    });
  }

  /** Reads a whole answer without keeping it. @returns its bytes */
  async drain(place: string): Promise<number> {
    const options = {
      host: "127.0.0.1",
      port: this.webPort,
      path: place,
      agent: false,
      headers: { authorization: `Bearer ${token}` },
    };
    const request = http.get(options);
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    return bytes;
  }

  /** How long the event loop was blocked since the last call. */
  async loopDelay(): Promise<LoopDelay> {
    const socket = net.connect(this.#loopSocket);
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    return JSON.parse(text) as LoopDelay;
  }

  memoryMiB(): { readonly resident: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    return { resident: kib("VmRSS") / 1024, peak: kib("VmHWM") / 1024 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await Promise.race([ended, delay(15_000)]);
    this.#process.kill("SIGKILL");
  }
}
