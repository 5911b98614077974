import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Connection } from "../../src/core/connection.ts";

/**
 * A batch of connections on its way to the thread with the database: its values row by row in one flat list, which is
 * cheaper to hand over than an object each, and all payloads in one piece.
 */
export interface PackedConnections {
  /** {@link valuesOfRow} values for each connection; the last one is the length of its payload. */
  readonly values: readonly (string | number)[];
  readonly payloads: Uint8Array<ArrayBuffer>;
}

export const valuesOfRow = 14;

/** Stores connections in SQLite on a thread of its own, in batches of up to `batchSize` or what `batchMs` brings. */
export class ConnectionSink {
  readonly #worker: Worker;
  readonly #batchSize: number;
  readonly #batchMs: number;
  /** Equal first bytes give the very same identification. */
  readonly #texts = new WeakMap<Connection["identification"], string>();
  #waiting: Connection[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stored = 0;

  constructor(options: { readonly file: string; readonly batchSize: number; readonly batchMs: number }) {
    this.#batchSize = options.batchSize;
    this.#batchMs = options.batchMs;
    this.#worker = new Worker(new URL("./connection-sink-worker.ts", import.meta.url), { workerData: options.file });
    this.#worker.on("message", (stored: number) => {
      this.#stored = stored;
    });
  }

  /** Rows in the database. */
  get stored(): number {
    return this.#stored;
  }

  add(connection: Connection): void {
    this.#waiting.push(connection);
    if (this.#waiting.length >= this.#batchSize) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#batchMs);
  }

  async close(): Promise<number> {
    this.#flush();
    this.#worker.postMessage("close");
    await once(this.#worker, "exit");
    return this.#stored;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    const packed = this.#pack(batch);
    this.#worker.postMessage(packed, [packed.payloads.buffer]);
  }

  #pack(connections: readonly Connection[]): PackedConnections {
    let size = 0;
    for (const connection of connections) size += connection.payload.length;
    const payloads = new Uint8Array(size);
    const values: (string | number)[] = [];
    let at = 0;
    for (const connection of connections) {
      const { peer, local, payload, identification } = connection;
      payloads.set(payload, at);
      at += payload.length;
      values.push(
        connection.id,
        connection.listener,
        connection.at,
        peer.address,
        peer.port,
        local.address,
        local.port,
      );
      values.push(connection.end, connection.durationMs, connection.bytes, connection.phase, identification.protocol);
      values.push(this.#textOf(identification), payload.length);
    }
    return { values, payloads };
  }

  #textOf(identification: Connection["identification"]): string {
    const known = this.#texts.get(identification);
    if (known !== undefined) return known;
    const text = JSON.stringify(identification);
    this.#texts.set(identification, text);
    return text;
  }
}
