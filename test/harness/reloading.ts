import { existsSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { StoredConnection } from "../../src/core/connection-store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type CliResult, harbinger, type RunningCli, startHarbinger, temporaryFolder } from "./cli.ts";
import { freePort } from "./free-port.ts";

/** A running harbinger in its own folder, whose configuration the test changes. */
export class Reloading implements AsyncDisposable {
  readonly #folder = temporaryFolder();
  #running: RunningCli | undefined;
  #reloads = 0;

  /** @param started its output when it is ready */
  static async start(configuration: string, started: string | RegExp = "listening"): Promise<Reloading> {
    const one = new Reloading();
    one.write(configuration);
    await one.start(started);
    return one;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get pid(): number {
    return this.#process().process.pid ?? 0;
  }

  async start(started: string | RegExp = "listening"): Promise<void> {
    this.#reloads = this.#logged("configuration reloaded");
    this.#running = startHarbinger(["run"], { directory: this.folder });
    await this.waitForOutput(started);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  write(configuration: string, name = "harbinger.yaml"): void {
    writeFileSync(this.file(name), configuration);
  }

  waitForOutput(text: string | RegExp): Promise<string> {
    return this.#process().waitForOutput(text);
  }

  /** By the command, which waits for the result. */
  reload(...more: readonly string[]): Promise<CliResult> {
    return harbinger(["reload", ...more], { directory: this.folder });
  }

  signal(name: NodeJS.Signals): void {
    this.#process().process.kill(name);
  }

  /** By the signal; resolves when the log reports the reload. */
  async hangUp(): Promise<void> {
    const done = this.#reloads + 1;
    this.signal("SIGHUP");
    while (this.#logged("configuration reloaded") < done) await delay(10);
    this.#reloads = done;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<CliResult> {
    this.signal(signal);
    return await this.#process().ended;
  }

  /** Every stored connection, oldest first. */
  async stored(): Promise<readonly StoredConnection[]> {
    await using store = await openStore({ location: this.file("harbinger.db"), thread: "caller" });
    return (await store.connections.list({ limit: 200_000 })).rows.toReversed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running?.process.kill("SIGKILL");
    await this.#running?.ended;
    this.#folder[Symbol.dispose]();
  }

  #logged(text: string): number {
    const file = this.file("harbinger.log");
    return existsSync(file) ? readFileSync(file, "utf8").split(text).length - 1 : 0;
  }

  #process(): RunningCli {
    if (this.#running === undefined) throw new Error("not started");
    return this.#running;
  }
}

export interface ConnectResult {
  /** The system reported the connection as established. */
  readonly isConnected: boolean;
  readonly error: string | undefined;
  /** The port from which it was made, if it was established. */
  readonly clientPort: number | undefined;
}

/** Connects, sends something, and waits until the decoy closes. */
export async function connectTo(port: number, from = "127.0.0.1"): Promise<ConnectResult> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: from });
  let isConnected = false;
  let error: string | undefined;
  let clientPort: number | undefined;
  socket.on("connect", () => {
    isConnected = true;
    clientPort = socket.localPort;
  });
  socket.on("error", (thrown: NodeJS.ErrnoException) => {
    error = thrown.code ?? thrown.message;
  });
  socket.write("GET / HTTP/1.0\r\n\r\n");
  socket.resume();
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return { isConnected, error, clientPort };
}

/** Different ports, each as {@link freePort} finds it. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
