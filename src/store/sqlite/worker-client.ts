import module from "node:module";
import v8 from "node:v8";
import { type TransferListItem, Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { loopTurns } from "../../platform/loop-turns.ts";
import { embeddedText } from "../../platform/single-executable.ts";
import { misuse } from "../store-errors.ts";
import {
  type PartMethods,
  type ThreadParts,
  unpackError,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
} from "./worker-protocol.ts";

/**
 * Calls that wait for one thread at most: each holds its parameters and its result in memory. What runs at once (requests, scans, deliveries) makes a hundred or two.
 */
const maxPending = 2000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerClientOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the heap in which the thread makes its objects, at most. */
  readonly youngMiB: number;
  /** The database is now in another file. */
  readonly onMoved: ((file: string) => void) | undefined;
  /** The thread ended without being closed: every call fails from now on. */
  readonly onLost: ((error: HarbingerError) => void) | undefined;
}

type ParametersOf<Method> = Method extends (...parameters: infer List) => unknown ? List : never;
type ResultOf<Method> = Method extends (...parameters: never) => infer Result ? Result : never;

/** A database thread, as this thread sees it. It keeps the process alive only while a call is in progress. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pending = new Map<number, Pending>();
  readonly #opened = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<void>();
  readonly #onMoved: ((file: string) => void) | undefined;
  readonly #onLost: ((error: HarbingerError) => void) | undefined;
  #parts: PartMethods | undefined;
  #lastId = 0;
  #failure: Error | undefined;

  private constructor(start: WorkerStart, options: WorkerClientOptions) {
    this.#onMoved = options.onMoved;
    this.#onLost = options.onLost;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#worker = startWorker(start, options.youngMiB);
    this.#worker.on("message", (reply: WorkerReply) => this.#receive(reply));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => {
      this.#fail(new Error("it ended"));
      this.#exited.resolve();
    });
  }

  static async open(start: Omit<WorkerStart, "now">, options: WorkerClientOptions): Promise<WorkerClient> {
    const client = new WorkerClient({ ...start, now: options.clock.now() }, options);
    try {
      await client.#opened.promise;
    } catch (error) {
      await client.#exited.promise;
      throw error;
    }
    client.#worker.unref();
    return client;
  }

  /** The methods that the thread offers. */
  get parts(): PartMethods {
    return this.#parts ?? {};
  }

  /**
   * Calls a method in the thread, however many calls wait: for callers that must not lose what they send, and wait for its result before they send
   * more. Buffers in `transfer` are handed over, not copied.
   */
  call<Part extends keyof ThreadParts, Method extends keyof ThreadParts[Part] & string>(
    part: Part,
    method: Method,
    parameters: ParametersOf<ThreadParts[Part][Method]>,
    transfer: readonly TransferListItem[] = [],
  ): ResultOf<ThreadParts[Part][Method]> {
    // The object in the thread has the type `ThreadParts` too.
    return this.#post(part, method, parameters, transfer) as ResultOf<ThreadParts[Part][Method]>;
  }

  /**
   * Calls a method by a name that the thread listed itself.
   * @throws HarbingerError `store` where too many calls wait; nothing was done then
   */
  async send(part: string, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (this.#pending.size >= maxPending) {
      throw new HarbingerError("store", `too many calls wait for the database: ${maxPending}`, {
        remedy: "Try again when it has caught up; harbinger doctor shows what is slow.",
      });
    }
    return await this.#post(part, method, parameters, []);
  }

  #post(
    part: string,
    method: string,
    parameters: readonly unknown[],
    transfer: readonly TransferListItem[],
  ): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      const id = this.#lastId + 1;
      const request: WorkerRequest = { id, part, method, parameters, now: this.#clock.now() };
      this.#worker.postMessage(request, transfer);
      this.#lastId = id;
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject });
    });
  }

  async close(): Promise<void> {
    if (this.#failure === undefined) {
      const closed = this.call("thread", "close", []);
      this.#failure = misuse("the store is closed");
      await closed;
    }
    this.#worker.ref();
    await this.#exited.promise;
  }

  #receive(reply: WorkerReply): void {
    switch (reply.kind) {
      case "opened":
        this.#parts = reply.parts;
        this.#opened.resolve();
        return;
      case "moved":
        this.#onMoved?.(reply.file);
        return;
      case "not-opened":
        this.#opened.reject(unpackError(reply.error));
        return;
      case "log":
        this.#log[reply.level](reply.message, reply.fields);
        return;
      case "result":
        this.#finish(reply.id, ({ resolve }) => resolve(reply.value));
        return;
      case "error":
        this.#finish(reply.id, ({ reject }) => reject(unpackError(reply.error)));
    }
  }

  #finish(id: number, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (pending !== undefined) loopTurns.run(() => settle(pending));
  }

  #fail(error: unknown): void {
    const lost = new HarbingerError("store-lost", `the thread with the database failed: ${messageOf(error)}`, {
      remedy: "Start the program again; what was stored is safe.",
      cause: error,
    });
    const isNew = this.#failure === undefined;
    const failure = this.#failure ?? lost;
    this.#failure = failure;
    this.#opened.reject(failure);
    for (const pending of this.#pending.values()) pending.reject(failure);
    this.#pending.clear();
    if (isNew && this.#parts !== undefined) this.#onLost?.(lost);
  }
}

/**
 * A thread does not take over the compile cache of the one that starts it. For sources it is worth its memory: without
 * it the thread loads the compiler that strips types, which holds 30 MB; compiled files need 5 MB less without it.
 */
function workerEnvironment(): NodeJS.ProcessEnv {
  const folder = import.meta.url.endsWith(".ts") ? module.getCompileCacheDir() : undefined;
  return { ...process.env, ...(folder !== undefined && { NODE_COMPILE_CACHE: folder }) };
}

function startWorker(workerData: WorkerStart, youngMiB: number): Worker {
  // V8 prefers this option of the process, if there is one, to the limit of a thread. The heap of this thread has it already.
  v8.setFlagsFromString("--max-semi-space-size=0");
  const options = { workerData, resourceLimits: { maxYoungGenerationSizeMb: youngMiB } };
  const embedded = embeddedText("store-worker.js");
  if (embedded !== undefined) return new Worker(embedded, { ...options, eval: true });
  return new Worker(workerFile(), { ...options, env: workerEnvironment() });
}

/** Beside this module, in the form that this module has: a source, or compiled. */
function workerFile(): URL {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`./store-worker${extension}`, import.meta.url);
}
