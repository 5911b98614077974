import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Counts, ServerChoice, ServerReply } from "./server-orders.ts";

export type Usage = Extract<ServerReply, { readonly kind: "usage" }>;

/** A server in a separate process, to be measured. */
export class ServerHandle implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;

  constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.port = port;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async usage(): Promise<Usage> {
    const answer = nextReply(this.#process, "usage");
    this.#process.send("usage");
    return await answer;
  }

  async stop(): Promise<Counts> {
    const answer = nextReply(this.#process, "stopped");
    this.#process.send("stop");
    const { counts } = await answer;
    await once(this.#process, "exit");
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) this.#process.kill();
  }
}

/** As bin/launch.js starts long-running commands. */
const sources = `--import=${new URL("../../bin/sources.js", import.meta.url).href}`;

export async function startServer(choice: ServerChoice, nodeOptions: readonly string[] = []): Promise<ServerHandle> {
  const child = fork(path.join(import.meta.dirname, "server-process.ts"), [JSON.stringify(choice)], {
    execArgv: ["--max-semi-space-size=8", "--heap-growing-percent=20", sources, ...nodeOptions],
    env: { ...process.env, MALLOC_ARENA_MAX: "1" },
  });
  const { port } = await nextReply(child, "listening");
  return new ServerHandle(child, port);
}

async function nextReply<Kind extends ServerReply["kind"]>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<ServerReply, { readonly kind: Kind }>> {
  return await new Promise((resolve, reject) => {
    const onExit = (status: number | null, signal: string | null) =>
      reject(new Error(`the server ended with ${signal ?? status}`));
    const onMessage = (message: ServerReply) => {
      if (!isKind(message, kind)) return;
      child.off("exit", onExit);
      child.off("message", onMessage);
      resolve(message);
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
  });
}

function isKind<Kind extends ServerReply["kind"]>(
  message: ServerReply,
  kind: Kind,
): message is Extract<ServerReply, { readonly kind: Kind }> {
  return message.kind === kind;
}
