import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { CheckRequest, CheckResult } from "../../src/core/check.ts";
import { createChecks } from "../../src/outbound/check/registry.ts";
import { systemClock } from "../../src/platform/system-clock.ts";

/** Runs one built-in check against `host:port`. */
export async function runCheck(
  name: string,
  port: number,
  options: {
    readonly host?: string;
    readonly directory?: string;
    readonly timeoutMs?: number;
    readonly options?: CheckRequest["options"];
    readonly now?: number;
  } = {},
): Promise<CheckResult> {
  const clock = options.now === undefined ? systemClock : { ...systemClock, now: () => options.now ?? 0 };
  const checks = createChecks({ directory: options.directory ?? "/nonexistent", clock });
  const check = checks.find((candidate) => candidate.name === name);
  assert.ok(check !== undefined, name);
  const { host = "127.0.0.1", timeoutMs = 10_000 } = options;
  return await check.run({ host, port, timeoutMs, options: options.options ?? {} }, new AbortController().signal);
}

export interface Listener extends AsyncDisposable {
  readonly port: number;
}

/** Any server of Node, on a free port by default; disposing it closes its connections. */
export async function listening(server: Server, address = "127.0.0.1", port = 0): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    port: bound.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A server that passes each connection to `talk`. */
export function talking(talk: (socket: Socket) => void, address?: string): Promise<Listener> {
  return listening(createServer(talk), address);
}

/** Accepts and never sends anything. */
export function silentServer(address?: string): Promise<Listener> {
  return talking((socket) => socket.resume(), address);
}

/** A port on which a stopped process listens: connections are established but never accepted. */
export async function unacceptedPort(): Promise<Listener> {
  const script =
    'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => console.log(s.address().port))';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: unknown[] = await once(child.stdout, "data");
  child.kill("SIGSTOP");
  return {
    port: Number(String(line)),
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port without a listener. */
export async function refusedPort(): Promise<number> {
  const listener = await silentServer();
  const { port } = listener;
  await listener[Symbol.asyncDispose]();
  return port;
}
