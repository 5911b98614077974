import http from "node:http";
import https from "node:https";
import type net from "node:net";
import type tls from "node:tls";
import { limitProvisionalAnswers } from "../../../platform/limit-provisional-answers.ts";

/** One POST. Redirects are not followed: what was meant for one server goes to no other. */
export interface PostRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** From the start to the end of the answer's headers. */
  readonly timeoutMs: number;
  /** Whom the server's certificate may be signed by; it must be valid for its name. */
  readonly secureContext?: tls.SecureContext;
  /** Instead of the system's name lookup. */
  readonly lookup?: net.LookupFunction;
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
      /** All of what it said came, and in time. */
      readonly isComplete: boolean;
    }
  /** `uncertain` where the server may have got all of it and was not heard. */
  | { readonly kind: "failed"; readonly error: unknown; readonly uncertain: boolean };

/** The server did not answer in time. */
export class SilentServerError extends Error {
  readonly code = "ETIMEDOUT";
}

/** Some services repeat the message in their answer, in JSON that makes a character six. */
const usualAnswer = { maxBytes: 256 * 1024, timeoutMs: 10_000 };

/** For one more address of a host; Node's own limit of 250 ms is too short for a far server. */
const nextAddressMs = 2500;

/** What a timer can hold; one that is set to more ends at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Sends one request over a connection of its own. It never rejects, and ends at once when `signal` is aborted. */
export function post(options: PostRequest): Promise<PostEnd> {
  return new Promise((resolve) => {
    const { url, signal, answer: limits = usualAnswer } = options;
    const timeoutMs = Math.min(options.timeoutMs, longestTimerMs);
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
    const answered = (from: http.IncomingMessage) => {
      const { "retry-after": retryAfter, location, "content-type": contentType } = from.headers;
      end({
        kind: "answered",
        status: from.statusCode ?? 0,
        ...(retryAfter === undefined ? {} : { retryAfter }),
        ...(location === undefined ? {} : { location }),
        ...(contentType === undefined ? {} : { contentType }),
        text: Buffer.concat(chunks).toString("utf8"),
        isComplete,
      });
    };
    const fail = (error: unknown) => {
      // The status is known: whatever happens to the rest of the answer, it stands.
      if (answer === undefined) end({ kind: "failed", error, uncertain: isHandedOver });
      else answered(answer);
    };
    const onAbort = () => fail(new Error("broken off"));
    let timer = setTimeout(() => fail(new SilentServerError("no answer in time")), timeoutMs);

    const transport = url.protocol === "https:" ? https : http;
    const request = transport.request(url, {
      method: "POST",
      headers: { ...options.headers, "content-length": String(options.body.length) },
      agent: new transport.Agent({ keepAlive: false, autoSelectFamilyAttemptTimeout: nextAddressMs }),
      maxHeaderSize: 16 * 1024,
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
      ...(options.secureContext === undefined
        ? {}
        : { secureContext: options.secureContext, rejectUnauthorized: true }),
    });
    limitProvisionalAnswers(request);
    request.on("error", fail);
    request.once("finish", () => {
      isHandedOver = true;
    });
    request.once("response", (response) => {
      answer = response;
      clearTimeout(timer);
      timer = setTimeout(() => answered(response), Math.min(limits.timeoutMs, timeoutMs));
      response.on("data", (chunk: Buffer) => {
        const wanted = chunk.subarray(0, limits.maxBytes - received);
        chunks.push(wanted);
        received += wanted.length;
        if (received >= limits.maxBytes) answered(response);
      });
      response.on("error", fail);
      response.once("close", () => answered(response));
      response.once("end", () => {
        isComplete = true;
        answered(response);
      });
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) return onAbort();
    request.end(options.body);
  });
}
