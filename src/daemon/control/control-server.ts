import { chmodSync, lstatSync, rmSync } from "node:fs";
import net from "node:net";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { privateFileMode } from "../../platform/private-files.ts";
import { prepareControlFolder } from "./control-place.ts";

export interface ControlServerOptions {
  /** From `controlPlace`. The caller holds the lock of the store, so that nobody else listens there. */
  readonly place: string;
  /** By the name of the question. An answer becomes a line of JSON. */
  readonly answers: Readonly<Record<string, () => Promise<unknown>>>;
  readonly log: Log;
  /** Milliseconds that a question may take to come in, and its answer to be taken. */
  readonly limitMs?: number;
}

/** A question is one short word. */
const longestQuestion = 64;
const usualLimitMs = 5000;
/** Whoever asks is this machine's owner; a script gone wrong must not take all open files. */
const connectionsAtMost = 16;

/**
 * Answers questions of other processes of the same user: a line with a word comes in, a line of JSON goes out. The socket can be
 * reached by nobody else, because only its owner may write to it.
 */
export class ControlServer implements AsyncDisposable {
  readonly #options: ControlServerOptions;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = net.createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    this.#server.maxConnections = connectionsAtMost;
  }

  /** Where that fails, all else goes on: a warning says that nobody can ask. */
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
      log.warn("cannot listen for healthcheck", { at: place, error: messageOf(error) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    // The socket file goes with it.
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: net.Socket): void {
    this.#sockets.add(socket);
    let question = "";
    let isAnswered = false;
    // From the beginning on, not since the last byte: otherwise one that trickles, or never ends, keeps its place.
    const limit = () => setTimeout(() => socket.destroy(), this.#options.limitMs ?? usualLimitMs);
    let timer = limit();
    socket.setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    socket.on("data", (chunk: string) => {
      // What follows the question is dropped.
      if (isAnswered) return;
      question += chunk;
      const end = question.indexOf("\n");
      if (end < 0 && question.length <= longestQuestion) return;
      isAnswered = true;
      // An answer may take longer than a question.
      clearTimeout(timer);
      void this.#answer(question.slice(0, Math.max(end, 0))).then((answer) => {
        if (socket.destroyed) return;
        timer = limit();
        socket.end(`${JSON.stringify(answer)}\n`);
      });
    });
    socket.on("end", () => {
      if (!isAnswered) socket.destroy();
    });
  }

  async #answer(question: string): Promise<unknown> {
    const { answers } = this.#options;
    const answer = Object.hasOwn(answers, question) ? answers[question] : undefined;
    if (answer === undefined) return { error: "unknown question" };
    try {
      return await answer();
    } catch (error) {
      return { error: messageOf(error) };
    }
  }
}

/** What a killed process left behind. Anything else is somebody's file. */
function removeSocket(place: string): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error("there is a file of that name, which is no socket");
  rmSync(place, { force: true });
}
