import http from "node:http";
import https from "node:https";
import type net from "node:net";
import type tls from "node:tls";
import { constants, gunzipSync } from "node:zlib";
import { maxTimerMs } from "../../../core/clock.ts";
import { limitBeforeAnswer } from "../../../platform/limit-before-answer.ts";

/** One POST. Redirects are not followed: a message for one server must not go to another. */
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** From the start to the end of the answer's headers. */
  readonly timeoutMs: number;
  /** The trusted certificate authorities; the certificate must be valid for the server's name. */
  readonly secureContext?: tls.SecureContext | undefined;
  /** Instead of the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
  /** Limits for the body of the answer; its time begins after the headers. */
  readonly answer?: { readonly maxBytes: number; readonly timeoutMs: number };
}

/** How a POST ended. */
export type PostEnd =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** `Retry-After` and `Location` as sent. */
      readonly retryAfter?: string | undefined;
      readonly location?: string | undefined;
      readonly contentType?: string | undefined;
      /** The beginning of the body, not made safe. */
      readonly text: string;
      /** Why the body is incomplete: it was too long, too slow, or the connection was closed. */
      readonly cut?: AnswerCut | undefined;
    }
  /** `uncertain`: the server may have received the whole message. */
  | { readonly kind: "failed"; readonly error: unknown; readonly uncertain: boolean };

export type AnswerCut = "limit" | "time" | "connection";

/** The server did not answer within the time limit. */
class ServerTimeoutError extends Error {
  readonly code = "ETIMEDOUT";
}

/** The server answered with success before it had the whole message, so the answer is not about this message. */
class EarlyAnswerError extends Error {
  readonly code = "early-answer";
}

/** Some services repeat the message in their answer, in JSON with up to six characters for one. */
const defaultAnswerLimits = { maxBytes: 256 * 1024, timeoutMs: 10_000 };

/** A longer answer is cut: a server may send each byte as a chunk, and all chunks of one packet are read in one turn of the event loop. */
const maxChunks = 1024;

/** For each address of a host; Node's default of 250 ms is too short for a distant server. */
const addressAttemptMs = 2500;

/** Sends one request over a new connection. It never rejects, and ends at once when `signal` is aborted. */
export function post(options: PostRequest): Promise<PostEnd> {
  return new Promise((resolve) => {
    const { url, signal, answer: limits = defaultAnswerLimits } = options;
    const timeoutMs = Math.min(options.timeoutMs, maxTimerMs);
    let isSent = false;
    let isOver = false;
    let answer: http.IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    let received = 0;
    let isComplete = false;

    const end = (outcome: PostEnd) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      request.destroy();
      resolve(outcome);
    };
    const answered = (from: http.IncomingMessage, cut: AnswerCut) => {
      if (isOver) return;
      const { "retry-after": retryAfter, location, "content-type": contentType } = from.headers;
      if (isSuccess(from) && !isSent) {
        return end({ kind: "failed", error: new EarlyAnswerError("answered too early"), uncertain: false });
      }
      end({
        kind: "answered",
        status: from.statusCode ?? 0,
        retryAfter,
        location,
        contentType,
        text: textOf(Buffer.concat(chunks), limits.maxBytes),
        cut: isComplete ? undefined : cut,
      });
    };
    const fail = (error: unknown, cut: AnswerCut = "connection") => {
      // An error after a complete answer does not concern it.
      if (answer?.complete === true && cut === "connection") return;
      // The status is known and stays valid even if the rest of the answer is lost.
      if (answer === undefined) end({ kind: "failed", error, uncertain: isSent });
      else answered(answer, cut);
    };
    const onAbort = () => fail(new Error("aborted"), "time");
    let timer = setTimeout(() => fail(new ServerTimeoutError("no answer in time")), timeoutMs);

    const transport = url.protocol === "https:" ? https : http;
    const trust = { secureContext: options.secureContext, rejectUnauthorized: true };
    const request = transport.request(url, {
      method: "POST",
      // Without this header a server may choose any encoding (RFC 9110 section 12.5.3).
      headers: { "accept-encoding": "identity", ...options.headers, "content-length": String(options.body.length) },
      agent: new transport.Agent({ keepAlive: false, autoSelectFamilyAttemptTimeout: addressAttemptMs }),
      maxHeaderSize: 16 * 1024,
      lookup: options.lookup,
      ...trust,
    });
    limitBeforeAnswer(request);
    request.on("error", (error) => fail(error));
    request.once("finish", () => {
      isSent = true;
    });
    request.once("response", (response) => {
      answer = response;
      clearTimeout(timer);
      timer = setTimeout(() => answered(response, "time"), Math.min(limits.timeoutMs, timeoutMs));
      response.on("data", (chunk: Buffer) => {
        if (isOver) return;
        const wanted = chunk.subarray(0, limits.maxBytes - received);
        chunks.push(wanted);
        received += wanted.length;
        if (received >= limits.maxBytes || chunks.length >= maxChunks) answered(response, "limit");
      });
      response.on("error", (error) => fail(error));
      response.once("end", () => {
        isComplete = true;
        // An early success counts only when the whole message has been sent.
        const isEarly = isSuccess(response) && !isSent && !request.closed;
        if (!isEarly) return answered(response, "connection");
        for (const event of ["finish", "close"]) request.once(event, () => answered(response, "connection"));
      });
      response.once("close", () => {
        if (!isComplete) answered(response, "connection");
      });
    });
    request.once("upgrade", (response, socket) => {
      socket.destroy();
      answered(response, "connection");
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    request.end(options.body);
  });
}

function isSuccess({ statusCode = 0 }: http.IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** Some servers compress their answers without being asked, and some without the header for it. */
function textOf(bytes: Buffer, maxBytes: number): string {
  // RFC 1952 section 2.3.1, with deflate, the only method.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return bytes.toString("utf8");
  try {
    // An incomplete answer is decompressed as far as possible.
    return gunzipSync(bytes, { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
  } catch {
    return bytes.toString("utf8");
  }
}
