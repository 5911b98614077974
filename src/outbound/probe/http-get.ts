import { type IncomingMessage, request as startRequest } from "node:http";
import type { Socket } from "node:net";
import { parseAddress } from "../../core/address.ts";
import { messageOf, systemCode } from "../../core/errors.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import type { Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import { limitBeforeAnswer } from "../../platform/limit-before-answer.ts";
import type { Connection } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { type DialFailure, dial, withoutBrackets } from "./dial.ts";
import { trustSystem } from "./tls/contexts.ts";
import { asksForCertificate, reasonOf } from "./tls/failure.ts";
import { handshake, type TlsSession } from "./tls/handshake.ts";

/** Identifies Harbinger in the logs of servers. */
const userAgent = "Harbinger (network host monitoring)";

export interface HttpTarget {
  readonly host: string;
  readonly port: Port;
  readonly tls: boolean;
  /** With its query, valid for a request line: see {@link requestPath}. */
  readonly path: string;
}

export interface HttpResponse {
  readonly kind: "response";
  /** `HTTP/1.1 200 OK` */
  readonly statusLine: string;
  readonly status: number;
  /** As received: names and values in order, bytes as Latin-1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Why the body is incomplete. */
  readonly cut?: "limit" | "time" | "connection" | undefined;
  readonly tls?: TlsSession | undefined;
}

/**
 * The outcome of a request. `no-tls`: no TLS handshake was possible; `not-http`: it answered with something else, which
 * `reason` shows; `silent`: no answer in time, or the connection was closed without one.
 */
export type HttpOutcome =
  | HttpResponse
  | { readonly kind: "not-connected"; readonly failure: DialFailure; readonly reason: string }
  | { readonly kind: "no-tls" | "not-http" | "silent"; readonly reason: string };

export interface HttpGetOptions {
  /** The limit of bytes of the body. */
  readonly bodyLimit: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One GET on a new connection. Redirects are not followed; the certificate is verified, but never a reason to fail. */
export async function httpGet(target: HttpTarget, deadline: Deadline, options: HttpGetOptions): Promise<HttpOutcome> {
  const dialed = await dial(target, deadline);
  if (dialed.kind !== "connected") return { kind: "not-connected", failure: dialed, reason: dialed.reason };
  using plain = dialed.connection;
  if (!target.tls) return await exchange(plain, target, deadline, options);
  const secured = await handshake(plain, { serverName: target.host, context: trustSystem(), alpn: ["http/1.1"] });
  if (secured.kind !== "secure") return { kind: "no-tls", reason: secured.reason };
  using connection = secured.connection;
  const outcome = await exchange(connection, target, deadline, options);
  return outcome.kind === "response" ? { ...outcome, tls: secured.session } : outcome;
}

/** `path` made valid for a request line: absolute, without characters that would break the line. */
export function requestPath(path: string): string {
  const absolute = path.replace(/^https?:\/\/[^/?#]*/i, "");
  const [encoded = ""] = absolute
    .toWellFormed()
    .replaceAll(/[^\u0021-\u007e]/gu, (character) => encodeURIComponent(character))
    .split("#", 1);
  return encoded.startsWith("/") ? encoded : `/${encoded}`;
}

function exchange(
  connection: Connection,
  { host, port, path, tls }: HttpTarget,
  deadline: Deadline,
  { bodyLimit, headers }: HttpGetOptions,
): Promise<HttpOutcome> {
  const socket = connection.release();
  if (socket === undefined) return Promise.resolve({ kind: "not-http", reason: "the server sent data first" });
  return new Promise((resolve) => {
    const onAbort = () => {
      resolve({ kind: "silent", reason: "no HTTP response in time" });
      socket.destroy();
    };
    deadline.signal.addEventListener("abort", onAbort, { once: true });
    const settle = (outcome: HttpOutcome) => {
      deadline.signal.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    const request = startRequest({
      createConnection: () => socket as Socket,
      path,
      setHost: false,
      // The server may be old or broken; any response is of interest.
      insecureHTTPParser: true,
      headers: {
        Host: hostHeader(host, port, tls),
        "User-Agent": userAgent,
        Accept: "*/*",
        "Accept-Encoding": "identity",
        ...headers,
        Connection: "close",
      },
    });
    limitBeforeAnswer(request);
    request.on("error", (error) => settle(failureOf(error)));
    request.on("response", (response) => {
      void readBody(response, bodyLimit, deadline.signal).then((body) => {
        settle({ ...headOf(response), ...body });
        socket.destroy();
      });
      // From here on, the deadline cuts the body, and the response counts.
      deadline.signal.removeEventListener("abort", onAbort);
    });
    // A switch of protocols ends the exchange.
    request.on("upgrade", (response) => {
      settle({ ...headOf(response), body: Buffer.alloc(0) });
      socket.destroy();
    });
    request.end();
    if (deadline.isOver) onAbort();
  });
}

function hostHeader(host: string, port: Port, tls: boolean): string {
  const address = parseAddress(withoutBrackets(host));
  // A zone is valid only on this machine (RFC 6874 section 4).
  const name = address === undefined ? host : hostLiteral(address).replace(/%[^\]]*/, "");
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`;
}

function headOf(response: IncomingMessage): Omit<HttpResponse, "body"> {
  const status = response.statusCode ?? 0;
  const headers: (readonly [string, string])[] = [];
  const raw = response.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  const statusLine = `HTTP/${response.httpVersion} ${status} ${response.statusMessage ?? ""}`.trimEnd();
  return { kind: "response", statusLine, status, headers };
}

/**
 * A body in more pieces than this is cut: a server may send each byte as a chunk, and those of one packet all come in one
 * turn of the event loop.
 */
const maxChunks = 1024;

function readBody(
  response: IncomingMessage,
  limit: number,
  signal: AbortSignal,
): Promise<Pick<HttpResponse, "body" | "cut">> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let finished = false;
    const finish = (cut?: HttpResponse["cut"]) => {
      if (finished) return;
      finished = true;
      response.off("data", onData).pause();
      signal.removeEventListener("abort", onAbort);
      resolve({ body: Buffer.concat(chunks), cut });
    };
    const onAbort = () => finish("time");
    signal.addEventListener("abort", onAbort, { once: true });
    const onData = (chunk: Buffer) => {
      const kept = chunk.subarray(0, limit - bytes);
      chunks.push(kept);
      bytes += kept.length;
      if (kept.length < chunk.length || chunks.length === maxChunks) finish("limit");
    };
    response.on("data", onData);
    response.on("end", () => finish());
    response.on("error", () => finish("connection"));
    response.on("close", () => finish("connection"));
    if (signal.aborted) onAbort();
  });
}

function failureOf(error: Error): HttpOutcome {
  const code = systemCode(error) ?? "";
  if (code.startsWith("HPE_")) {
    const received = "rawPacket" in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0);
    const shown = safeText(received.subarray(0, 80).toString("latin1").trim());
    return { kind: "not-http", reason: shown === "" ? "the answer is not HTTP" : `the answer is not HTTP: ${shown}` };
  }
  if (code === "ECONNRESET" || code === "EPIPE") return { kind: "silent", reason: "the server closed the connection" };
  if (asksForCertificate(code, true)) return { kind: "silent", reason: "the server requires a client certificate" };
  if (code.startsWith("ERR_SSL_")) return { kind: "silent", reason: `TLS failed: ${reasonOf(code)}` };
  return { kind: "silent", reason: safeText(messageOf(error), { limit: 200 }) };
}
