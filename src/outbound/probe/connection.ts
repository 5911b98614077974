import type { Socket } from "node:net";
import type { Address } from "../../core/address.ts";
import { systemCode } from "../../core/errors.ts";
import type { Deadline } from "./deadline.ts";

/**
 * What came of waiting for bytes.
 * - `ended`: the peer closed; `reset`: the connection broke, or the peer's TLS did.
 * - `timed-out`: silence until then. The connection may be read on where the whole deadline is not over.
 * - `too-much`: the byte limit of the connection is reached.
 *
 * `bytes` are those that had come and are not consumed yet: a partial answer is evidence, too.
 */
export type ReadOutcome =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "ended" | "timed-out" | "too-much"; readonly bytes: Buffer }
  | { readonly kind: "reset"; readonly bytes: Buffer; readonly code: string };

export type ReadFailure = Exclude<ReadOutcome, { readonly kind: "bytes" }>;

type ConnectionEnd = { readonly kind: "ended" | "too-much" } | { readonly kind: "reset"; readonly code: string };

/** Bytes read from a peer at most, unless a check says otherwise. */
const defaultByteLimit = 64 * 1024;

const nothing = Buffer.alloc(0);

/**
 * A connected socket that is read with a byte limit and a time limit. Reading begins with the first read, so that
 * before it the socket can be handed to TLS or to an HTTP client whole.
 */
export class Connection implements Disposable {
  readonly socket: Socket;
  readonly address: Address;
  readonly deadline: Deadline;
  readonly #byteLimit: number;
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

  constructor(socket: Socket, address: Address, deadline: Deadline, byteLimit: number = defaultByteLimit) {
    this.socket = socket;
    this.address = address;
    this.deadline = deadline;
    this.#byteLimit = byteLimit;
    socket.on("error", this.#onError);
    deadline.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Bytes that came and that nobody has consumed. */
  get buffered(): Buffer {
    return this.#buffered;
  }

  /** Sends; a connection that is gone shows in the next read. */
  write(data: Uint8Array | string): void {
    if (!this.socket.destroyed && this.socket.writable) this.socket.write(data);
  }

  /** All bytes that have come; where there are none, waits for the first. */
  read(timeoutMs?: number): Promise<ReadOutcome> {
    return this.readUntil((bytes) => (bytes.length > 0 ? bytes.length : undefined), timeoutMs);
  }

  /** Exactly `count` bytes. */
  readExactly(count: number, timeoutMs?: number): Promise<ReadOutcome> {
    return this.readUntil((bytes) => (bytes.length >= count ? count : undefined), timeoutMs);
  }

  /**
   * Waits until a message is there.
   * @param lengthOf the length of the first message in `bytes`, `undefined` while it is not there whole; called again
   * with all bytes so far whenever more have come
   * @param timeoutMs ends the wait earlier than the connection's deadline
   * @returns the message, consumed; what follows it stays for the next read
   */
  async readUntil(lengthOf: (bytes: Buffer) => number | undefined, timeoutMs?: number): Promise<ReadOutcome> {
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
   * Gives the bare socket away, to TLS or an HTTP client. This object is of no more use then, apart from being disposed.
   * @returns `undefined` where bytes have come already that the taker would miss
   */
  release(): Socket | undefined {
    if (this.#buffered.length > 0 || this.#end !== undefined) return undefined;
    // An untouched socket must not be paused: whoever listens for its data would wait in vain.
    if (this.#reading) this.socket.pause();
    this.socket.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    return this.socket;
  }

  [Symbol.dispose](): void {
    this.deadline.signal.removeEventListener("abort", this.#onAbort);
    // The error listener stays: a socket may still fail while it is being closed.
    this.socket.destroy();
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
