import type net from "node:net";
import type tls from "node:tls";
import type { Clock } from "../../../core/clock.ts";
import type { SendOutcome } from "../../../core/delivery.ts";
import type { Redactor } from "../../redact.ts";
import type { Accepts } from "./acceptance.ts";
import { explainHttpFailure } from "./explain.ts";
import { outcomeOfAnswer } from "./read-answer.ts";
import type { PostRequest } from "./request.ts";

export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly secureContext?: tls.SecureContext;
  readonly lookup?: net.LookupFunction;
  readonly clock: Pick<Clock, "now">;
  readonly redactor: Pick<Redactor, "redact">;
  readonly loginAdvice: string;
  /** Whether an answer with a status of success is one of the service. */
  readonly accepts: Accepts;
  /** Told what the server said, as it came. */
  readonly onAnswer?: (text: string) => void;
}

const longestReason = 600;

/**
 * Sends one message by POST and says what came of it. Nothing but the server's origin stands in a reason. Node's HTTP is
 * loaded with the first message: with what it brings along it takes 7 MB.
 */
export async function postMessage(options: PostOptions): Promise<SendOutcome> {
  const { url, signal, redactor, clock } = options;
  const safe = (text: string) => redactor.redact(text, longestReason);
  if (signal.aborted) return { kind: "retry", reason: "broken off before the server was asked" };
  const request: PostRequest = {
    url,
    headers: options.headers,
    body: Buffer.from(options.body),
    signal,
    timeoutMs: options.timeoutMs,
    ...(options.secureContext === undefined ? {} : { secureContext: options.secureContext }),
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  };
  const { post } = await import("./request.ts");
  const end = await post(request);
  if (end.kind === "answered") {
    options.onAnswer?.(end.text);
    const { loginAdvice, accepts } = options;
    return outcomeOfAnswer(end, { origin: url.origin, now: clock.now(), safe, loginAdvice, accepts });
  }
  const reason = signal.aborted
    ? `broken off while ${end.uncertain ? "the server had the message and had not answered" : "sending"}`
    : safe(explainHttpFailure(end.error, url.origin));
  if (end.uncertain) return { kind: "retry", reason, uncertain: true };
  return { kind: "retry", reason, ...(signal.aborted ? {} : { closed: true }) };
}
