import type { ServerResponse } from "node:http";
import type { EventId, EventKind, StoreEvent } from "../../core/event.ts";

/** What only happens: the progress of scans, watches that begin or end to run, and what people change in lists. */
export const passingKinds = ["progress", "watch", "change"] as const;

/** What a client can ask for: the stored events, and what only happens. */
export type StreamKind = EventKind | (typeof passingKinds)[number];

const passing: ReadonlySet<StreamKind> = new Set(passingKinds);

function isStored(kind: StreamKind): kind is EventKind {
  return !passing.has(kind);
}

/** A client that has more than this to read is disconnected. It can resume after the last event that it read. */
const maxWaitingBytes = 1024 * 1024;

/** The answer to one client that reads events. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #kinds: ReadonlySet<StreamKind>;
  /** The last stored event that it was sent, or the place from which it reads on. */
  after: EventId;

  constructor(options: {
    readonly response: ServerResponse;
    readonly kinds: ReadonlySet<StreamKind>;
    readonly after: EventId;
  }) {
    this.#response = options.response;
    this.#kinds = options.kinds;
    this.after = options.after;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  wants(kind: StreamKind): boolean {
    return this.#kinds.has(kind);
  }

  /** The kinds of stored events that it wants. */
  get storedKinds(): readonly EventKind[] {
    return [...this.#kinds].filter(isStored);
  }

  /** @param bytes the same for every stream, so that an event is in memory once */
  send(event: StoreEvent, bytes: Buffer): void {
    this.write(bytes);
    this.after = event.id;
  }

  write(bytes: Buffer): void {
    if (!this.isOpen) return;
    this.#response.write(bytes);
    if (this.#response.writableLength > maxWaitingBytes) this.#response.destroy();
  }

  /** Resolves when the client has read what it was sent, or is gone. The server ends connections of those that read too slowly. */
  async drained(signal: AbortSignal): Promise<void> {
    const response = this.#response;
    if (!this.isOpen || !response.writableNeedDrain || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = () => resolve();
    response.once("drain", done).once("close", done);
    signal.addEventListener("abort", done);
    await promise;
    response.off("drain", done).off("close", done);
    signal.removeEventListener("abort", done);
    if (signal.aborted) response.destroy();
  }

  end(): void {
    this.#response.end();
  }
}
