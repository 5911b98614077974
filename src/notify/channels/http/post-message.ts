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
  readonly secureContext?: tls.SecureContext | undefined;
  readonly lookup?: net.LookupFunction | undefined;
  readonly clock: Pick<Clock, "now">;
  readonly redactor: Pick<Redactor, "redact">;
  /** What to check where the server refuses access. */
  readonly loginAdvice: string;
  /** Whether a 2xx answer comes from the service and confirms the message. */
  readonly accepts: Accepts;
  /** Receives the text of the answer, not made safe. */
  readonly onAnswer?: ((text: string) => void) | undefined;
}

const maxReasonCharacters = 600;

/**
 * Sends one message by POST and returns the outcome. A reason contains only the origin of the URL. Node's HTTP modules are
 * loaded with the first message, because they need 7 MB.
 */
export async function postMessage(options: PostOptions): Promise<SendOutcome> {
  const { url, signal, redactor, clock } = options;
  const safe = (text: string) => redactor.redact(text, maxReasonCharacters);
  if (signal.aborted) return { kind: "retry", reason: "aborted before the request was sent" };
  const request: PostRequest = {
    url,
    headers: options.headers,
    body: Buffer.from(options.body),
    signal,
    timeoutMs: options.timeoutMs,
    secureContext: options.secureContext,
    lookup: options.lookup,
  };
  const { post } = await import("./request.ts");
  const end = await post(request);
  if (end.kind === "answered") {
    options.onAnswer?.(end.text);
    const { loginAdvice, accepts } = options;
    return outcomeOfAnswer(end, { origin: url.origin, now: clock.now(), safe, loginAdvice, accepts });
  }
  const reason = signal.aborted
    ? `aborted ${end.uncertain ? "after the message was sent and before the server answered" : "while sending"}`
    : safe(explainHttpFailure(end.error, url.origin));
  if (end.uncertain) return { kind: "retry", reason, uncertain: true };
  return { kind: "retry", reason, closed: signal.aborted ? undefined : true };
}
