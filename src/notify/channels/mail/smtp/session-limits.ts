import type net from "node:net";

/** The parts of a session, each with its own time limit. */
export type SessionPart = "set-up" | "login" | "envelope" | "reply";

/** A part of the session exceeded its time limit. */
export class SlowServerError extends Error {
  readonly code = "ESLOW";
  readonly part: SessionPart;

  constructor(part: SessionPart) {
    super(`the server took too long (${part})`);
    this.part = part;
  }
}

/** The server sent far more than a mail server needs to send. */
class ExcessiveOutputError extends Error {
  readonly code = "EEXCESSIVE";
}

/** A session needs a few kilobytes; with certificates and long greetings a few dozen. */
const maxReceivedBytes = 1024 * 1024;
const checkIntervalMs = 50;

/**
 * Limits the time of each part of a session and the bytes that the server may send. An idle time-out alone is not enough: a
 * server that sends one byte a second is never idle, and one that sends empty lines without end fills the memory.
 */
export class SessionLimits implements Disposable {
  readonly #fail: (error: Error) => void;
  readonly #socket: net.Socket;
  readonly #timer: NodeJS.Timeout;
  #part: NodeJS.Timeout | undefined;

  constructor(socket: net.Socket, fail: (error: Error) => void) {
    this.#fail = fail;
    this.#socket = socket;
    // Encrypted data causes no event of this socket, but is in its count of bytes.
    this.#timer = setInterval(this.#check, checkIntervalMs);
    socket.on("data", this.#check);
  }

  readonly #check = (): void => {
    if (this.#socket.bytesRead > maxReceivedBytes) {
      this.#fail(new ExcessiveOutputError("the server sends too much"));
    }
  };

  /** Starts the time limit of a part, and ends that of the previous part. */
  begin(part: SessionPart, ms: number): void {
    clearTimeout(this.#part);
    this.#part = setTimeout(() => this.#fail(new SlowServerError(part)), ms);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#socket.off("data", this.#check);
    clearTimeout(this.#part);
  }
}
