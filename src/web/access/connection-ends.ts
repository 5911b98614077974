import type { Socket } from "node:net";
import { queueName } from "../../platform/send-queues.ts";

/** A connection, and how Node closes it. */
interface Closing {
  /** Of the requests. */
  readonly socket: Socket;
  readonly destroy: (error?: Error) => void;
  readonly reset: () => void;
}

/** A connection that waits for its client, which may have to read something. */
interface Remainder {
  readonly closing: Closing;
  /** Bytes that the system still holds for the client; `undefined` before the first look. */
  readonly bytes: number | undefined;
  /** For how long they have not become fewer, in milliseconds. */
  readonly unchangedMs: number;
}

/** A client that takes nothing for this long of what is left for it is not waited for. */
const maxUnchangedMs = 120_000;

/**
 * Decides how connections close. Left to itself, Node closes each of them in order, and the system goes on to keep what was sent to a client that reads
 * nothing: megabytes for minutes, which belong to no connection any more that a limit could count. So
 *
 * - one that is destroyed in the middle, by whichever limit, is reset: the system drops what it holds;
 * - one that has ended in order stays open until its client has everything. Until then it counts as a connection, and the limit on the pace of
 *   reading holds for it.
 */
export class ConnectionEnds {
  readonly #onWait: () => void;
  readonly #remainders = new Map<Socket, Remainder>();
  /** Those that waited when the look began. */
  #lookedAt: ReadonlySet<Socket> = new Set();
  /** Those whose end is decided. */
  readonly #decided = new WeakSet<Socket>();
  #isStopped = false;

  /** @param onWait called when one begins to wait for its client */
  constructor(onWait: () => void) {
    this.#onWait = onWait;
  }

  /** Whether some wait for their clients. */
  get areWaiting(): boolean {
    return this.#remainders.size > 0;
  }

  /**
   * From now on decides how a connection closes.
   * @param socket of the requests
   * @param below the TCP connection: with TLS it is another object, which alone can be reset. `undefined`: none can
   */
  add(socket: Socket, below: Socket | undefined): void {
    const resetBelow = below?.resetAndDestroy.bind(below);
    const closing: Closing = {
      socket,
      destroy: socket.destroy.bind(socket),
      reset: () => {
        if (below?.destroyed === false) resetBelow?.();
      },
    };
    socket.once("close", () => this.#remainders.delete(socket));
    // Whatever ends a connection calls one of them: Node's HTTP server, its streams, and what is above them.
    socket.destroy = (error) => {
      this.#destroy(closing, error);
      return socket;
    };
    for (const each of new Set([socket, below ?? socket])) {
      each.resetAndDestroy = () => {
        this.#reset(closing);
        return each;
      };
    }
  }

  /** To be called before the system is asked what it holds: of what ends in the meantime it may tell that nothing was sent yet. */
  beginLook(): void {
    this.#lookedAt = new Set(this.#remainders.keys());
  }

  /**
   * Closes the connections whose clients have taken everything; those that take nothing for long are reset.
   * @param queues what the system held after `beginLook`, from `sendQueues`; `undefined`: it does not tell, and all are left to it
   * @param sinceMs the time since the last call
   */
  look(queues: ReadonlyMap<string, number> | undefined, sinceMs: number): void {
    for (const [socket, { closing, ...before }] of this.#remainders) {
      if (!this.#lookedAt.has(socket)) continue;
      const bytes = queues?.get(queueName(socket)) ?? 0;
      const isUnchanged = bytes === before.bytes;
      const unchangedMs = isUnchanged ? before.unchangedMs + sinceMs : 0;
      // At the second look without any: the system may leave out a connection of its table when others come and go. A client that has left
      // is not to occupy a place for so long.
      const hasEverything = bytes === 0 && (isUnchanged || socket.readableEnded);
      if (!hasEverything && unchangedMs <= maxUnchangedMs) {
        this.#remainders.set(socket, { closing, bytes, unchangedMs });
      } else if (hasEverything || isEnding(socket)) this.#close(closing);
      else this.#reset(closing);
    }
  }

  /** From now on all are closed at once, and in order. */
  stop(): void {
    this.#isStopped = true;
    for (const { closing } of this.#remainders.values()) this.#close(closing);
  }

  #destroy(closing: Closing, error: Error | undefined): void {
    const { socket, destroy } = closing;
    if (this.#isStopped || socket.destroyed || this.#decided.has(socket)) destroy(error);
    else if (error === undefined && socket.writableFinished) this.#wait(closing);
    else this.#reset(closing, error);
  }

  #wait(closing: Closing): void {
    if (this.#remainders.has(closing.socket)) return;
    this.#remainders.set(closing.socket, { closing, bytes: undefined, unchangedMs: 0 });
    this.#onWait();
  }

  #reset(closing: Closing, error?: Error): void {
    const { socket, reset, destroy } = closing;
    if (isEnding(socket)) {
      if (!this.#remainders.has(socket)) socket.once("finish", () => this.#reset(closing));
      this.#wait(closing);
      return;
    }
    this.#decided.add(socket);
    reset();
    destroy(error);
  }

  /** In order. */
  #close({ socket, destroy }: Closing): void {
    this.#decided.add(socket);
    destroy();
  }
}

/** Whether its end has been handed to the system and is not done: that rejects a reset then, and Node would never close the connection. */
function isEnding({ writableEnded, writableFinished, writableLength }: Socket): boolean {
  return writableEnded && !writableFinished && writableLength === 0;
}
