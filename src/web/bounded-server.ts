/** The HTTP server below the pages: what one client can use up of connections, bytes, time and memory, whatever it asks. */
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { Clock } from "../core/clock.ts";
import type { CertificatePair } from "./access/certificate-pair.ts";
import { type ConnectionLimit, limitConnections } from "./access/connection-limit.ts";
import { ConnectionTurns } from "./access/connection-turns.ts";
import { ReadingPace } from "./access/reading-pace.ts";
import type { Problem } from "./problem.ts";

/** Connections at once: pages that are open, each with an event stream, and some scripts. */
const maxConnections = 512;
/** A client that sends its headers slower than this is disconnected. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveMs = 10_000;
const maxHeaderBytes = 16 * 1024;
/** How often the three time limits are checked. */
const checkingIntervalMs = 2000;
const handshakeTimeoutMs = 10_000;
/** Whatever the environment of the program says (`NODE_OPTIONS=--tls-min-v1.0`). */
export const minTlsVersion = "TLSv1.2";
/** Ends a connection in which nothing moves, such as that of a client which does not read. Event streams send something more often. */
const standstillMs = 120_000;

export class BoundedServer {
  #limit: ConnectionLimit | undefined;
  readonly #pace = new ReadingPace((socket) => this.#limit?.reset(socket));
  #turns: ConnectionTurns | undefined;

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
    this.#limit = limitConnections(server, maxConnections);
    server.on("request", ({ socket }: http.IncomingMessage) => this.#pace.add(socket));
    return server;
  }

  /** Disconnects clients that read too slowly, until `signal` is aborted. */
  async followPace(clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<void> {
    await this.#pace.follow(clock, signal);
  }

  /** What the HTTP parser rejects gets an answer as well, without anything of the request in it. */
  answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
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

/** What Node takes for {@link CertificatePair}. */
export function pemOf({ certificate, key }: CertificatePair): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: Buffer.from(certificate), key: Buffer.from(key) };
}

const parserAnswers: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "The address or the headers are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "The request took too long."],
};
