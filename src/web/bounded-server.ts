/** The HTTP server below the pages: what one client can use up of connections, bytes, time and memory, whatever it asks. */
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Address } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { sendQueues } from "../platform/send-queues.ts";
import { tcpSocketOf } from "../platform/socket-internals.ts";
import type { CertificatePair } from "./access/certificate-pair.ts";
import { ConnectionEnds } from "./access/connection-ends.ts";
import { ConnectionLimit } from "./access/connection-limit.ts";
import { ConnectionTurns } from "./access/connection-turns.ts";
import { ReadingPace } from "./access/reading-pace.ts";
import type { Problem } from "./problem.ts";

/** Connections at once: pages that are open, each with an event stream, and some scripts. */
const maxConnections = 512;
/** Of these, of one client's network: some browsers, and their event streams. What the system holds for clients that do not read is limited with them. */
const maxConnectionsPerNetwork = 64;
/** A client that sends its headers slower than this is disconnected. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveMs = 10_000;
const maxHeaderBytes = 16 * 1024;
/** What waits in memory for all clients together: lists of a few megabytes at most, which nearly all clients read at once. */
const maxWaitingBytes = 64 * 2 ** 20;
/** How often the three time limits are checked. */
const checkingIntervalMs = 2000;
const handshakeTimeoutMs = 10_000;
/** Turns of the event loop in which what has come for a connection is read: headers and body, also of TLS. */
const turnsToRead = 4;
/** Whatever the environment of the program says (`NODE_OPTIONS=--tls-min-v1.0`). */
export const minTlsVersion = "TLSv1.2";
/** Ends a connection in which nothing moves, such as that of a client which does not read. Event streams send something more often. */
const standstillMs = 120_000;
/**
 * How often the server looks at connections that have ended, and at all whose clients have something to read. The first look at one that has ended
 * is at once, unless another one was just before: each reads a table of all connections of the machine, and takes at most a part of its time.
 */
const endsIntervalMs = 250;
const paceIntervalMs = 10_000;
/** The same while there is little room for more: a new connection replaces one whose client does not read. */
const crowdedPaceIntervalMs = 1000;
const minPauseMs = 20;
const pausePerLook = 50;

export class BoundedServer {
  readonly #isShared: (address: Address) => boolean;
  readonly #ends = new ConnectionEnds(() => this.#wake());
  readonly #pace = new ReadingPace((socket) => socket.resetAndDestroy());
  #turns: ConnectionTurns | undefined;
  #limit: ConnectionLimit | undefined;
  /** Ends the pause before the next look. */
  #wake: () => void = () => {};

  /** @param isShared whether an address stands for many clients, as that of a proxy does */
  constructor(isShared: (address: Address) => boolean) {
    this.#isShared = isShared;
  }

  /** @param pair for HTTPS; without it the server speaks HTTP */
  create(pair: CertificatePair | undefined, handler: http.RequestListener): http.Server {
    const limits = {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkingIntervalMs,
      maxHeaderSize: maxHeaderBytes,
    };
    const turns = new ConnectionTurns(handler);
    this.#turns = turns;
    const server =
      pair === undefined
        ? http.createServer(limits, turns.serve)
        : https.createServer(
            { ...limits, ...pemOf(pair), handshakeTimeout: handshakeTimeoutMs, minVersion: minTlsVersion },
            turns.serve,
          );
    server.setTimeout(standstillMs);
    server.on("timeout", (socket: Socket) => this.#stoodStill(socket));
    this.#limit = new ConnectionLimit(server, {
      max: maxConnections,
      maxPerNetwork: maxConnectionsPerNetwork,
      isShared: this.#isShared,
      laggingMs: (socket) => this.#pace.laggingMs(socket),
      onCrowded: () => this.#wake(),
    });
    server.on(pair === undefined ? "connection" : "secureConnection", (socket: Socket) =>
      this.#ends.add(socket, tcpSocketOf(socket)),
    );
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => refuseHandshake(error, socket));
    server.on("request", ({ socket }: http.IncomingMessage) => {
      this.#pace.add(socket);
      this.#pace.keepWithin(maxWaitingBytes);
    });
    return server;
  }

  /**
   * Disconnects clients that read too slowly, and closes the connections whose clients have everything, until `signal` is aborted. From then on each
   * closes at once.
   * @param port of the server
   */
  async follow(port: number, clock: Pick<Clock, "sleep" | "monotonic">, signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#ends.stop(), { once: true });
    let endsAt = clock.monotonic();
    let paceAt = endsAt;
    let tookMs = 0;
    while (!signal.aborted) {
      await clock.sleep(Math.max(minPauseMs, Math.min(tookMs * pausePerLook, paceIntervalMs)), signal);
      await this.#pause(clock, signal);
      if (signal.aborted) return;
      const now = clock.monotonic();
      const isPaceDue = now - paceAt >= this.#paceIntervalMs;
      this.#ends.beginLook();
      if (isPaceDue) this.#pace.beginLook();
      const queues = await sendQueues(port);
      tookMs = clock.monotonic() - now;
      this.#ends.look(queues, now - endsAt);
      endsAt = now;
      if (!isPaceDue) continue;
      this.#pace.look(queues, now - paceAt);
      paceAt = now;
    }
  }

  get #paceIntervalMs(): number {
    return this.#limit?.isCrowded === true ? crowdedPaceIntervalMs : paceIntervalMs;
  }

  /** Until the next look, or a connection begins to wait for its client. */
  async #pause(clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const ms = this.#ends.areWaiting ? endsIntervalMs : this.#paceIntervalMs;
    await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    this.#wake = () => {};
  }

  /** Nothing has moved for as long as the timeout of the connection. */
  #stoodStill(socket: Socket): void {
    if (this.#turns?.isServing(socket) !== true) socket.destroySoon();
    // The system may have taken more at once than a slow client reads in this time.
    else if (socket.writableLength > 0) socket.setTimeout(standstillMs);
    else socket.destroy();
  }

  /** What the HTTP parser rejects gets an answer as well, without anything of the request in it. */
  answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") void this.#answerLate(error, socket);
    else this.#answerError(error, socket);
  }

  /**
   * After a pause of this program, or of the whole machine, Node looks at the time before it reads what has come meanwhile: the request of a client that
   * was not slow at all.
   */
  async #answerLate(error: NodeJS.ErrnoException, socket: Socket): Promise<void> {
    const before = this.#turns?.wholeRequest(socket);
    for (let turn = 0; turn < turnsToRead; turn += 1) await nextTurn();
    if (this.#turns?.wholeRequest(socket) === before && !socket.destroyed) this.#answerError(error, socket);
  }

  #answerError(error: NodeJS.ErrnoException, socket: Socket): void {
    // Behind what it announced as its last request, nothing counts (RFC 9112, section 9.6), and the answer is still on its way.
    if (error.code === "HPE_CLOSED_CONNECTION") {
      socket.pause();
      return;
    }
    // It was told already.
    if (socket.writableEnded) return;
    // Another answer may be half sent: this one would stand in the middle of it.
    if (error.code === "ECONNRESET" || !socket.writable || this.#turns?.isAnswering(socket) === true) {
      socket.destroy();
      return;
    }
    const [status, message] = parserAnswers[error.code ?? ""] ?? ["400 Bad Request", "The request cannot be read."];
    const body = JSON.stringify({ error: "bad-request", message } satisfies Problem);
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
      () => socket.destroy(),
    );
  }
}

/**
 * What OpenSSL says of a first record that begins with an HTTP method. Nothing was sent then, no TLS alert either.
 */
const plainHttpCodes: ReadonlySet<string> = new Set(["ERR_SSL_HTTP_REQUEST", "ERR_SSL_HTTPS_PROXY_REQUEST"]);
/** A client that does not read the answer keeps its connection as long. */
const refusedMs = 2000;

/**
 * A client whose handshake fails, or does not end in time, cannot be answered, except one that speaks plain HTTP: it gets one short answer, and nothing
 * more is read.
 */
function refuseHandshake({ code }: NodeJS.ErrnoException, socket: Socket): void {
  const plain = plainHttpCodes.has(code ?? "") ? tcpSocketOf(socket) : undefined;
  if (plain === undefined || plain.destroyed || !plain.writable) {
    socket.destroy();
    return;
  }
  const end = () => {
    socket.destroy();
    plain.destroy();
  };
  plain.setTimeout(refusedMs, end);
  plain.on("error", end);
  plain.end(plainHttpAnswer, end);
}

const plainHttpText = "This port speaks HTTPS: begin the address with https:// instead of http://\n";
const plainHttpAnswer = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${plainHttpText.length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${plainHttpText}`;

/** What Node takes for {@link CertificatePair}. */
export function pemOf({ certificate, key }: CertificatePair): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: Buffer.from(certificate), key: Buffer.from(key) };
}

const parserAnswers: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The address or the headers are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long."],
};
