import type { Socket } from "node:net";
import type { Clock } from "../../core/clock.ts";

/** How often each connection is looked at. */
const windowMs = 30_000;
/** What a client has to take of what waits for it, until the next look: 4 KiB in a second. */
const minBytes = 128 * 1024;

interface Progress {
  /** Bytes that the system had taken for the client at the last look. */
  readonly taken: number;
  /** Bytes that the program had written by then; the rest waits in memory. */
  readonly written: number;
}

/**
 * Disconnects clients that read their answers too slowly: until then each holds an answer of megabytes, or an export, in memory. That nothing moves at
 * all is not needed for that: a client that takes a byte now and then would never be seen by a limit on standstill.
 */
export class ReadingPace {
  readonly #end: (socket: Socket) => void;
  readonly #sockets = new Map<Socket, Progress>();

  /** @param end ends the connection of a client that is too slow */
  constructor(end: (socket: Socket) => void) {
    this.#end = end;
  }

  /** Looks at a connection from now on, until it closes. */
  add(socket: Socket): void {
    if (this.#sockets.has(socket) || socket.destroyed) return;
    this.#sockets.set(socket, progressOf(socket));
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Ends the connections whose client was too slow since the last look. Those to which nothing had to be sent are not. */
  look(): void {
    for (const [socket, before] of this.#sockets) {
      const now = progressOf(socket);
      if (now.taken < Math.min(before.written, before.taken + minBytes)) this.#end(socket);
      else this.#sockets.set(socket, now);
    }
  }

  /** Looks at all of them from time to time until `signal` is aborted. */
  async follow(clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(windowMs, signal);
      if (!signal.aborted) this.look();
    }
  }
}

function progressOf({ bytesWritten, writableLength }: Socket): Progress {
  return { written: bytesWritten, taken: bytesWritten - writableLength };
}
