import type { Socket } from "node:net";
import type { Address } from "../../core/address.ts";
import { systemCode } from "../../core/errors.ts";
import type { Deadline } from "./deadline.ts";

/**
 * Why a read ended without a message.
 * - `ended`: the peer closed; `reset`: the connection broke, or the peer's TLS did.
 * - `timed-out`: nothing arrived in time. Reading may continue until the deadline of the whole connection.
 * - `too-much`: the byte limit of the connection is reached.
 *
 * `bytes` are the bytes that arrived and are not consumed yet: a partial answer is evidence too.
 */
export type ReadOutcome =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "ended" | "timed-out" | "too-much"; readonly bytes: Buffer }
  | { readonly kind: "reset"; readonly bytes: Buffer; readonly code: string };

export type ReadFailure = Exclude<ReadOutcome, { readonly kind: "bytes" }>;

type ConnectionEnd = { readonly kind: "ended" | "too-much" } | { readonly kind: "reset"; readonly code: string };

export interface ReadLimits {
  /** Bytes read from the peer in all; default 64 KiB. */
  readonly byteLimit?: number | undefined;
  /** Milliseconds for a read without its own limit; default: until the deadline. */
  readonly readTimeoutMs?: number | undefined;
}

interface ConnectionOptions extends ReadLimits {
  readonly address: Address;
  /** Ends all reads. */
  readonly deadline: Deadline;
  /** The connection inside which this one runs; it is disposed of with this one. */
  readonly carrier?: Disposable | undefined;
}

const defaultByteLimit = 64 * 1024;

const nothing = Buffer.alloc(0);

/**
 * A connected socket that is read with a byte limit and a time limit. Reading starts with the first call of a
 * read method; before that, the untouched socket can be passed to TLS or to an HTTP client.
 */
export class Connection implements Disposable {
  readonly socket: Socket;
  readonly address: Address;
  readonly deadline: Deadline;
  readonly #byteLimit: number;
  readonly #readTimeoutMs: number | undefined;
  readonly #carrier: Disposable | undefined;
  #buffered: Buffer = nothing;
  #received = 0;
  #end: ConnectionEnd | undefined;
  #reading = false;
  #wake: (() => void) | undefined;
  readonly #onData = (chunk: Buffer) => {
    const room = this.#byteLimit - this.#received;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#received += kept.length;
    this.#buffered = this.#buffered.length === 0 ? kept : Buffer.concat([this.#buffered, kept]);
    if (chunk.length > room) this.#finish({ kind: "too-much" });
    else this.#wake?.();
  };
  readonly #onEnd = () => this.#finish({ kind: "ended" });
  readonly #onError = (error: Error) => this.#finish({ kind: "reset", code: systemCode(error) ?? "ECONNRESET" });
  readonly #onAbort = () => this.#wake?.();

  constructor(socket: Socket, { address, deadline, byteLimit, readTimeoutMs, carrier }: ConnectionOptions) {
    this.socket = socket;
    this.address = address;
    this.deadline = deadline;
    this.#byteLimit = byteLimit ?? defaultByteLimit;
    this.#readTimeoutMs = readTimeoutMs;
    this.#carrier = carrier;
    socket.on("error", this.#onError);
    deadline.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Bytes that arrived and are not consumed yet. */
  get buffered(): Buffer {
    return this.#buffered;
  }

  /** Sends. If the connection is broken, the next read reports it. */
  write(data: Uint8Array | string): void {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(data);
  }

  /** All bytes that have arrived; waits for the first one if there are none. */
  read(timeoutMs?: number): Promise<ReadOutcome> {
    return this.readUntil((bytes) => (bytes.length > 0 ? bytes.length : undefined), timeoutMs);
  }

  /** Exactly `count` bytes. */
  readExactly(count: number, timeoutMs?: number): Promise<ReadOutcome> {
    return this.readUntil((bytes) => (bytes.length >= count ? count : undefined), timeoutMs);
  }

  /**
   * Waits for a whole message.
   * @param lengthOf the length of the first message in `bytes`, `undefined` while it is incomplete; called again
   * with all bytes so far whenever more arrive
   * @param timeoutMs ends the wait before the connection's deadline
   * @returns the message, consumed; what follows it stays for the next read
   */
  async readUntil(
    lengthOf: (bytes: Buffer) => number | undefined,
    timeoutMs = this.#readTimeoutMs,
  ): Promise<ReadOutcome> {
    this.#startReading();
    const endsAt = timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
    for (;;) {
      const length = this.#buffered.length === 0 ? undefined : lengthOf(this.#buffered);
      if (length !== undefined) {
        const bytes = this.#buffered.subarray(0, length);
        this.#buffered = this.#buffered.subarray(length);
        return { kind: "bytes", bytes };
      }
      if (this.#end !== undefined) return { ...this.#end, bytes: this.#buffered };
      if (this.deadline.isOver || performance.now() >= endsAt) return { kind: "timed-out", bytes: this.#buffered };
      await this.#change(endsAt);
    }
  }

  /**
   * Hands the socket over to TLS or an HTTP client. After that, this object can only be disposed.
   * @returns `undefined` where bytes have already arrived, which the new reader would miss
   */
  release(): Socket | undefined {
    if (this.#buffered.length > 0 || this.#end !== undefined) return undefined;
    // An untouched socket must not be paused: a later listener would never get its data.
    if (this.#reading) this.socket.pause();
    this.socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    return this.socket;
  }

  [Symbol.dispose](): void {
    this.deadline.signal.removeEventListener("abort", this.#onAbort);
    // The error listener stays: a socket may fail while it closes.
    this.socket.destroy();
    this.#carrier?.[Symbol.dispose]();
  }

  #startReading(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.socket.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onEnd);
    if (this.socket.destroyed) this.#onEnd();
  }

  #finish(end: ConnectionEnd): void {
    this.#end ??= end;
    if (end.kind === "too-much") this.socket.destroy();
    this.#wake?.();
  }

  #change(endsAt: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = Number.isFinite(endsAt)
        ? setTimeout(() => this.#wake?.(), Math.max(1, endsAt - performance.now()))
        : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
