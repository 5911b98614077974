import type { Socket } from "node:net";
import { queueName } from "../../platform/send-queues.ts";
import { bytesTakenBySystem } from "../../platform/socket-internals.ts";

/** What a client has to take of what waits for it, in bytes per second. */
const minBytesPerSecond = 4096;
/** What it may lag behind at first: a minute. */
const startBytes = 64 * minBytesPerSecond;
/**
 * What it may lag behind after it was faster. A system that receives tells only from time to time how much was read: with a buffer of 6 MiB, after each 400 KiB.
 */
const maxBytes = 128 * minBytesPerSecond;
/**
 * The same where this system does not tell what the client has taken. What the system took for it counts then: it can be all at once what its
 * largest buffer holds, and then nothing for as long as the client needs to read that.
 */
const maxHiddenBytes = 4 * 2 ** 20;
/** For so long nothing moves for a client that reads well, because the systems pass on what it reads in large portions. */
const usualStillMs = 10_000;

interface Progress {
  /** Bytes that the client had taken at the last look, at least. */
  readonly taken: number;
  /** Bytes that waited for the client then, at most. */
  readonly waiting: number;
  /** What the system had taken when it told at the last look that it held nothing. */
  readonly emptyAt: number | undefined;
  /** Bytes that the client may still lag behind. */
  readonly left: number;
  /** For how long something has waited for the client without it taking any; 0 where the system does not tell what it has taken. */
  readonly stillMs: number;
}

/** Of one connection, before the system is asked what it holds. */
interface Sent {
  /** Bytes of the pieces that the system has not taken as a whole. */
  readonly held: number;
  /** Bytes that the system has taken. */
  readonly takenBySystem: number;
}

/** What the system holds for the clients, by `queueName`; `undefined` where it does not tell. */
type SendQueues = ReadonlyMap<string, number> | undefined;

/**
 * Disconnects clients that read their answers too slowly: until then each holds an answer of megabytes, or an export, in memory. That nothing moves at
 * all is not needed for that: a client that takes a byte now and then would never be seen by a limit on standstill.
 *
 * While something waits for a client, it owes {@link minBytesPerSecond}; what it takes beyond that counts for later, up to {@link maxBytes}. So one that
 * reads faster on average is never disconnected, in whichever portions the systems on both sides pass on what it reads.
 */
export class ReadingPace {
  readonly #end: (socket: Socket) => void;
  readonly #sockets = new Map<Socket, Progress>();
  /** Whether the system told at the last look. */
  #areQueuesKnown = false;
  #sent: ReadonlyMap<Socket, Sent> = new Map();

  /** @param end ends the connection of a client that is too slow */
  constructor(end: (socket: Socket) => void) {
    this.#end = end;
  }

  /** Looks at a connection from now on, until it closes. */
  add(socket: Socket): void {
    if (this.#sockets.has(socket) || socket.destroyed) return;
    this.#sockets.set(socket, {
      taken: 0,
      waiting: socket.bytesWritten,
      emptyAt: undefined,
      left: startBytes,
      stillMs: 0,
    });
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /**
   * For how long the client of a connection has read too little of what waits for it, in milliseconds, as of the last look: the time after which one
   * that reads nothing at all from the beginning on lags as far behind. 0 for one that reads fast enough, or for which nothing waits.
   */
  laggingMs(socket: Socket): number {
    const progress = this.#sockets.get(socket);
    if (progress === undefined) return 0;
    const behindMs = ((startBytes - progress.left) / minBytesPerSecond) * 1000;
    return Math.max(0, behindMs, progress.stillMs - usualStillMs);
  }

  /** Ends the connections for which the most waits, until no more than `maxBytes` wait for all together. */
  keepWithin(maxBytes: number): void {
    let waiting = 0;
    for (const socket of this.#sockets.keys()) waiting += socket.writableLength;
    while (waiting > maxBytes) {
      let largest: Socket | undefined;
      for (const socket of this.#sockets.keys())
        if (socket.writableLength > (largest?.writableLength ?? 0)) largest = socket;
      if (largest === undefined) return;
      waiting -= largest.writableLength;
      this.#sockets.delete(largest);
      this.#end(largest);
    }
  }

  /**
   * To be called before the system is asked what it holds: what the program writes in the meantime, it may hold or have sent already. So the client
   * has taken what counts as taken, and perhaps more, which counts at the next look.
   */
  beginLook(): void {
    const sent = new Map<Socket, Sent>();
    for (const socket of this.#sockets.keys())
      sent.set(socket, { held: socket.writableLength, takenBySystem: bytesTakenBySystem(socket) });
    this.#sent = sent;
  }

  /**
   * Ends the connections whose client is too slow. Those to which nothing had to be sent are not.
   * @param queues what the system held after `beginLook`
   * @param sinceMs the time since the last look
   */
  look(queues: SendQueues, sinceMs: number): void {
    const areComparable = (queues !== undefined) === this.#areQueuesKnown;
    this.#areQueuesKnown = queues !== undefined;
    const max = queues === undefined ? maxHiddenBytes : maxBytes;
    for (const [socket, before] of this.#sockets) {
      const sent = this.#sent.get(socket);
      if (sent === undefined) continue;
      const queued = queues?.get(queueName(socket)) ?? 0;
      const emptyAt = queued > 0 ? undefined : sent.takenBySystem;
      // The system may leave out a connection of its table when others come and go: that it holds nothing is believed at the second look.
      if (queues !== undefined && emptyAt !== undefined && emptyAt !== before.emptyAt) {
        this.#sockets.set(socket, { ...before, emptyAt });
        continue;
      }
      const measured = sent.takenBySystem - queued;
      const taken = areComparable ? Math.max(before.taken, measured) : measured;
      const waiting = sent.held + queued;
      const owed = Math.min(before.waiting, (minBytesPerSecond * sinceMs) / 1000);
      const balance = areComparable ? Math.min(before.left + taken - before.taken - owed, max) : before.left;
      const left = waiting === 0 ? Math.max(balance, startBytes) : balance;
      const isStill = queues !== undefined && areComparable && waiting > 0 && taken <= before.taken;
      const stillMs = isStill ? before.stillMs + sinceMs : 0;
      if (left < 0) this.#end(socket);
      else this.#sockets.set(socket, { taken, waiting, emptyAt, left, stillMs });
    }
  }
}
