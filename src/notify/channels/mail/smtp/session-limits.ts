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

/** The server sent more than any mail server needs to. */
class ExcessiveOutputError extends Error {
  readonly code = "ETALKATIVE";
}

/** A session of ours needs some kilobytes; certificates and long greetings with it a few dozen. */
const maxReceivedBytes = 1024 * 1024;
const countEveryMs = 50;

/**
 * Limits the time of each part of a session and the bytes that the server may send. An idle time-out alone is not enough: a
 * server that sends one byte a second is never idle, and one that sends empty lines without end fills the memory.
 */
export class SessionLimits implements Disposable {
  readonly #fail: (error: Error) => void;
  readonly #socket: net.Socket;
  readonly #watch: NodeJS.Timeout;
  #part: NodeJS.Timeout | undefined;

  constructor(socket: net.Socket, fail: (error: Error) => void) {
    this.#fail = fail;
    this.#socket = socket;
    // What comes encrypted is read past this socket's events, and counted by it all the same.
    this.#watch = setInterval(this.#count, countEveryMs);
    socket.on("data", this.#count);
  }

  readonly #count = (): void => {
    if (this.#socket.bytesRead > maxReceivedBytes) {
      this.#fail(new ExcessiveOutputError("the server sends without end"));
    }
  };

  /** Starts the time limit of a part, and ends that of the part before. */
  begin(part: SessionPart, ms: number): void {
    clearTimeout(this.#part);
    this.#part = setTimeout(() => this.#fail(new SlowServerError(part)), ms);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#watch);
    this.#socket.off("data", this.#count);
    clearTimeout(this.#part);
  }
}
