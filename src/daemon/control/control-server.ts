import { chmodSync, lstatSync, rmSync } from "node:fs";
import net from "node:net";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { privateFileMode } from "../../platform/private-files.ts";
import { prepareControlFolder } from "./control-place.ts";

export interface ControlServerOptions {
  /** From `controlPlace`. The caller holds the lock of the store, so no other process listens there. */
  readonly place: string;
  /** Handlers by the name of the request. The answer becomes a line of JSON. */
  readonly answers: Readonly<Record<string, () => Promise<unknown>>>;
  readonly log: Log;
  /** Time limit in milliseconds for receiving a request and for sending its answer. */
  readonly limitMs?: number;
}

/** A request is one short word. */
const maxRequestLength = 64;
const defaultLimitMs = 5000;
/** Clients are trusted, but a broken script must not use up all open files. */
const maxConnections = 16;

/**
 * Answers requests of other processes of the same user: receives one word per line, sends one line of JSON. The socket can be
 * used by its owner only.
 */
export class ControlServer implements AsyncDisposable {
  readonly #options: ControlServerOptions;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = net.createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    this.#server.maxConnections = maxConnections;
  }

  /** A failure is only a warning: healthcheck and reload do not work then. */
  async start(): Promise<void> {
    const { place, log } = this.#options;
    try {
      prepareControlFolder(place);
      if (process.platform !== "win32") removeSocket(place);
      const listening = Promise.withResolvers<void>();
      this.#server.once("error", listening.reject);
      this.#server.listen(place, () => listening.resolve());
      await listening.promise;
      this.#server.on("error", () => undefined);
      if (process.platform !== "win32") chmodSync(place, privateFileMode);
    } catch (error) {
      log.warn("cannot listen on the control socket: healthcheck and reload do not work", {
        at: place,
        error: messageOf(error),
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    // This also removes the socket file.
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    let request = "";
    let isAnswered = false;
    // The limit counts from the start and not from the last byte: a slow client must not keep its slot.
    const limit = () => setTimeout(() => socket.destroy(), this.#options.limitMs ?? defaultLimitMs);
    let timer = limit();
    socket.setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    socket.on("data", (chunk: string) => {
      // Data after the request is ignored.
      if (isAnswered) return;
      request += chunk;
      const end = request.indexOf("\n");
      if (end < 0 && request.length <= maxRequestLength) return;
      isAnswered = true;
      // An answer may take longer than a request.
      clearTimeout(timer);
      void this.#answer(request.slice(0, Math.max(end, 0))).then((answer) => {
        if (socket.destroyed) return;
        timer = limit();
        socket.end(`${JSON.stringify(answer)}\n`);
      });
    });
    socket.on("end", () => {
      if (!isAnswered) socket.destroy();
    });
  }

  async #answer(request: string): Promise<unknown> {
    const { answers } = this.#options;
    const answer = Object.hasOwn(answers, request) ? answers[request] : undefined;
    if (answer === undefined) return { error: "unknown request" };
    try {
      return await answer();
    } catch (error) {
      return { error: messageOf(error) };
    }
  }
}

/** Removes the socket of a killed process. Any other file belongs to the user. */
function removeSocket(place: string): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error("a file of that name exists and is not a socket");
  rmSync(place, { force: true });
}
