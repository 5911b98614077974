import http from "node:http";
import https from "node:https";
import type net from "node:net";
import type tls from "node:tls";
import { constants, gunzipSync } from "node:zlib";
import { maxTimerMs } from "../../../core/clock.ts";
import { limitBeforeAnswer } from "../../../platform/limit-before-answer.ts";

/** One POST. Redirects are not followed: what was meant for one server goes to no other. */
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** From the start to the end of the answer's headers. */
  readonly timeoutMs: number;
  /** Whom the server's certificate may be signed by; it must be valid for its name. */
  readonly secureContext?: tls.SecureContext | undefined;
  /** Instead of the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
  /** Of an answer's body: how many bytes are read, and how long it is waited for once its headers are there. */
  readonly answer?: { readonly maxBytes: number; readonly timeoutMs: number };
}

/** How a POST ended. */
export type PostEnd =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** `Retry-After` and `Location` as sent, where they were. */
      readonly retryAfter?: string;
      readonly location?: string;
      readonly contentType?: string;
      /** The beginning of what the server said, not made safe. */
      readonly text: string;
      /** Why what it said is not whole: it was more than is read, it did not come in time, or it broke off. */
      readonly cut?: AnswerCut;
    }
  /** `uncertain` where the server may have got all of it and was not heard. */
  | { readonly kind: "failed"; readonly error: unknown; readonly uncertain: boolean };

export type AnswerCut = "limit" | "time" | "connection";

/** The server did not answer in time. */
class ServerTimeoutError extends Error {
  readonly code = "ETIMEDOUT";
}

/** The server said that it had taken the message before it had all of it: it did not say so of this message. */
class EarlyAnswerError extends Error {
  readonly code = "early-answer";
}

/** Some services repeat the message in their answer, in JSON that makes a character six. */
const defaultAnswerLimits = { maxBytes: 256 * 1024, timeoutMs: 10_000 };

/** An answer in more pieces is cut: a server may send each byte as a chunk, and those of one packet all come in one turn. */
const maxChunks = 1024;

/** For one more address of a host; Node's own limit of 250 ms is too short for a far server. */
const addressAttemptMs = 2500;

/** Sends one request over a connection of its own. It never rejects, and ends at once when `signal` is aborted. */
export function post(options: PostRequest): Promise<PostEnd> {
  return new Promise((resolve) => {
    const { url, signal, answer: limits = defaultAnswerLimits } = options;
    const timeoutMs = Math.min(options.timeoutMs, maxTimerMs);
    let isHandedOver = false;
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
      if (isSuccess(from) && !isHandedOver) {
        return end({ kind: "failed", error: new EarlyAnswerError("answered too early"), uncertain: false });
      }
      end({
        kind: "answered",
        status: from.statusCode ?? 0,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(location === undefined ? {} : { location }),
        ...(contentType === undefined ? {} : { contentType }),
        text: textOf(Buffer.concat(chunks), limits.maxBytes),
        ...(isComplete ? {} : { cut }),
      });
    };
    const fail = (error: unknown, cut: AnswerCut = "connection") => {
      // What follows an answer that came whole is no part of it.
      if (answer?.complete === true && cut === "connection") return;
      // The status is known: whatever happens to the rest of the answer, it stands.
      if (answer === undefined) end({ kind: "failed", error, uncertain: isHandedOver });
      else answered(answer, cut);
    };
    const onAbort = () => fail(new Error("broken off"), "time");
    let timer = setTimeout(() => fail(new ServerTimeoutError("no answer in time")), timeoutMs);

    const transport = url.protocol === "https:" ? https : http;
    const request = transport.request(url, {
      method: "POST",
      // Without it a server may choose any (RFC 9110 section 12.5.3).
      headers: { "accept-encoding": "identity", ...options.headers, "content-length": String(options.body.length) },
      agent: new transport.Agent({ keepAlive: false, autoSelectFamilyAttemptTimeout: addressAttemptMs }),
      maxHeaderSize: 16 * 1024,
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
      ...(options.secureContext === undefined
        ? {}
        : { secureContext: options.secureContext, rejectUnauthorized: true }),
    });
    limitBeforeAnswer(request);
    request.on("error", (error) => fail(error));
    request.once("finish", () => {
      isHandedOver = true;
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
        // A success that came early counts once all of the message is on its way.
        const isEarly = isSuccess(response) && !isHandedOver && !request.closed;
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

/** Some servers pack their answers, asked or not, and some do not say so. */
function textOf(bytes: Buffer, maxBytes: number): string {
  // RFC 1952 section 2.3.1, with deflate, the only method.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return bytes.toString("utf8");
  try {
    // What was cut is unpacked as far as it came.
    return gunzipSync(bytes, { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH }).toString("utf8");
  } catch {
    return bytes.toString("utf8");
  }
}
