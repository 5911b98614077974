import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { LoopTurns } from "../../platform/loop-turns.ts";
import { stopReadingRequests } from "../../platform/socket-internals.ts";

/**
 * Requests that wait on all connections of a server. On one of them, no more than there is room for others: 512 if no other waits, a few in a flood on
 * many. No client of good faith sends as many before it reads an answer. Node reads all requests of a piece of 64 KiB at once, a thousand short
 * ones, while everybody else waits.
 */
const maxWaiting = 1024;
/** These may wait on a connection whatever the others do. */
const minWaitingPerConnection = 8;
/** Requests of a connection that was closed because of them count for so long, because reading them took time: or a flood would begin at once again. */
const countedAfterwardsMs = 1000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** The answer that is being made or sent. */
  current: ServerResponse | undefined;
  /** The last request whose headers have come. */
  latest: IncomingMessage | undefined;
  readonly waiting: Exchange[];
}

/**
 * Serves the requests of a connection one after the other: the next one begins when the answer before it has been handed to the system. Node
 * begins all of them as they arrive (pipelining) and keeps their answers in memory, behind an answer that may last for hours. While a request
 * waits nothing more is read; past the limits the connection is closed.
 *
 * Requests behind the first of a connection are spread over turns of the event loop, all connections together: answers that are made at once would
 * otherwise follow each other in one turn, until the last one that waits.
 */
export class ConnectionTurns {
  readonly #handler: RequestListener;
  readonly #connections = new WeakMap<Socket, Connection>();
  readonly #loopTurns = new LoopTurns();
  #waiting = 0;

  constructor(handler: RequestListener) {
    this.#handler = handler;
  }

  readonly serve: RequestListener = (request, response) => {
    const { socket } = request;
    // What Node has read of it already.
    if (socket.destroyed) return;
    if (socket.writableEnded) {
      // It came behind the last answer of the connection; what follows it stays unread.
      socket.pause();
      return;
    }
    const connection = this.#connectionOf(socket);
    connection.latest = request;
    if (connection.current === undefined) return this.#begin(connection, { request, response });
    const { length } = connection.waiting;
    if (length >= Math.max(maxWaiting - this.#waiting, minWaitingPerConnection)) {
      this.#waiting += length;
      setTimeout(() => {
        this.#waiting -= length;
      }, countedAfterwardsMs).unref();
      stopReadingRequests(socket);
      socket.destroy();
      return;
    }
    connection.waiting.push({ request, response });
    this.#waiting += 1;
    socket.pause();
  };

  /** Whether an answer is being made or sent. */
  isServing(socket: Socket): boolean {
    return this.#connections.get(socket)?.current !== undefined;
  }

  /** The last request of a connection that has come as a whole. */
  wholeRequest(socket: Socket): IncomingMessage | undefined {
    const latest = this.#connections.get(socket)?.latest;
    return latest?.complete === true ? latest : undefined;
  }

  /** Whether an answer is being sent. */
  isAnswering(socket: Socket): boolean {
    return this.#connections.get(socket)?.current?.headersSent === true;
  }

  #connectionOf(socket: Socket): Connection {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const connection: Connection = { current: undefined, latest: undefined, waiting: [] };
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#forget(connection));
    return connection;
  }

  #begin(connection: Connection, { request, response }: Exchange): void {
    connection.current = response;
    response.once("close", () => this.#next(connection, request.socket));
    this.#handler(request, response);
  }

  #next(connection: Connection, socket: Socket): void {
    // After an answer with `Connection: close` nothing more is served.
    if (!socket.writable) this.#forget(connection);
    if (connection.waiting.length === 0) connection.current = undefined;
    else this.#loopTurns.run(() => this.#beginNext(connection, socket));
  }

  #beginNext(connection: Connection, socket: Socket): void {
    // The connection may have closed since.
    const next = connection.waiting.shift();
    connection.current = undefined;
    if (next === undefined) return;
    this.#waiting -= 1;
    if (connection.waiting.length === 0) socket.resume();
    this.#begin(connection, next);
  }

  #forget({ waiting }: Connection): void {
    this.#waiting -= waiting.length;
    waiting.length = 0;
  }
}
