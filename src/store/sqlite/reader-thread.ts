import { HarbingerError } from "../../core/errors.ts";
import { misuse } from "../store-errors.ts";
import type { WorkerClient } from "./worker-client.ts";

/** A reader without calls for this long ends, because its thread holds 15 MB; the next call starts another. */
const usualIdleMs = 15_000;

/** The thread that only reads. It starts with the first call, and again after it was idle, was lost, or the file moved. */
export class ReaderThread {
  readonly #open: () => Promise<WorkerClient>;
  readonly #idleMs: number;
  #reader: Promise<WorkerClient> | undefined;
  #callCount = 0;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(open: () => Promise<WorkerClient>, options: { readonly idleMs?: number } = {}) {
    this.#open = open;
    this.#idleMs = options.idleMs ?? usualIdleMs;
  }

  async send(part: string, method: string, parameters: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) throw misuse("the store is closed");
    if (this.#reader === undefined) {
      const opening = this.#open();
      this.#reader = opening;
      // The next call tries again.
      opening.catch(() => {
        this.#reader = undefined;
      });
    }
    const opened = this.#reader;
    this.#callCount += 1;
    clearTimeout(this.#idle);
    try {
      const reader = await opened;
      return await reader.send(part, method, parameters);
    } catch (error) {
      // Nothing is lost with a thread that only reads: the next call starts another.
      if (error instanceof HarbingerError && error.code === "store-lost" && this.#reader === opened) {
        this.#reader = undefined;
      }
      throw error;
    } finally {
      this.#callCount -= 1;
      if (this.#callCount === 0 && !this.#isClosed) {
        this.#idle = setTimeout(() => this.reopen(), this.#idleMs).unref();
      }
    }
  }

  /** Calls in progress are answered first; the next one opens the file where the database is then. */
  reopen(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    void reader?.then((opened) => opened.close()).catch(() => {});
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    const reader = await this.#reader?.catch(() => undefined);
    await reader?.close();
  }
}
