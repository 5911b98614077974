import type { SendOutcome } from "../../../core/delivery.ts";
import { type Accepts, isWebPage } from "./acceptance.ts";
import type { PostEnd } from "./request.ts";
import { parseRetryAfter, retryAfterOfBody } from "./retry-after.ts";

export interface AnswerContext {
  /** `https://ntfy.sh`: the only part of the address that may appear in a message. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Removes secrets and makes text safe. */
  readonly safe: (text: string) => string;
  /** What to check after a refused login. */
  readonly loginAdvice: string;
  /** Whether a 2xx answer comes from the service and confirms the message. */
  readonly accepts: Accepts;
}

type Answered = Extract<PostEnd, { kind: "answered" }>;

/** The user must fix a refused login or a redirect, which takes time. */
const retryAfterFixMs = 60 * 60_000;

/** Of the server's text in a reason. */
const maxQuotedCharacters = 200;

/**
 * The outcome for the delivery:
 * - 2xx: delivered if the service itself confirms it, else retried.
 * - 408, 425, 429 and 5xx: retried, at the time that the server asks for.
 * - Redirects and refused logins (401, 403, 407): retried in an hour, because the user may fix the configuration.
 * - Any other 4xx: rejected, unless the answer is a web page. A service never answers with a web page, so it came from a proxy.
 */
export function outcomeOfAnswer(answer: Answered, context: AnswerContext): SendOutcome {
  const { status } = answer;
  if (status < 200 || status >= 300) return outcomeOfFailure(answer, context);
  const acceptance = context.accepts(answer);
  if (acceptance.kind === "accepted") return { kind: "delivered", detail: `HTTP ${status}` };
  if (acceptance.status !== undefined) return outcomeOfFailure({ ...answer, status: acceptance.status }, context);
  return {
    kind: "retry",
    reason: context.safe(
      withQuotation(`${context.origin} answered (HTTP ${status}), but ${acceptance.problem}`, answer.text),
    ),
    retryAfterMs: requestedWaitMs(answer, context),
    // An incomplete answer may have been a success.
    closed: answer.cut === undefined ? true : undefined,
    uncertain: answer.cut === undefined ? undefined : true,
  };
}

function outcomeOfFailure(answer: Answered, context: AnswerContext): SendOutcome {
  const { status } = answer;
  const reason = (words: string) =>
    context.safe(withQuotation(`${context.origin} ${words} (HTTP ${status})`, answer.text));
  if (status >= 300 && status < 400) {
    const where = originOf(answer.location);
    const elsewhere = where === undefined || where === context.origin ? "another address" : where;
    return {
      kind: "retry",
      reason: context.safe(
        `${context.origin} redirects to ${elsewhere} (HTTP ${status}); redirects are not followed: configure the final address`,
      ),
      retryAfterMs: retryAfterFixMs,
      closed: true,
    };
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      kind: "retry",
      reason: reason(`refused access; ${context.loginAdvice}`),
      retryAfterMs: retryAfterFixMs,
      closed: true,
    };
  }
  const isRetried = status === 408 || status === 425 || status === 429 || status < 200 || status >= 500;
  if (!isRetried && status !== tooLarge && isWebPage(answer)) {
    return {
      kind: "retry",
      reason: reason(
        "answered with a web page in place of the service: a proxy, a captive portal, or the wrong address?",
      ),
      closed: true,
    };
  }
  if (!isRetried) return { kind: "rejected", reason: reason(refusals[status] ?? "refused the message") };
  return {
    kind: "retry",
    reason: reason(status === 429 ? "accepts no more messages now" : "cannot accept the message now"),
    retryAfterMs: requestedWaitMs(answer, context),
    closed: serverWideStatuses.has(status) || undefined,
  };
}

/** Even from a proxy in front of the service, this status is about the message. */
const tooLarge = 413;

function requestedWaitMs(answer: Answered, { now }: AnswerContext): number | undefined {
  const ofHeader = answer.retryAfter === undefined ? undefined : parseRetryAfter(answer.retryAfter, now);
  return ofHeader ?? retryAfterOfBody(answer.text);
}

/** Too many requests, and gateway errors: the next message would get the same answer. */
const serverWideStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const refusals: Readonly<Record<number, string>> = {
  400: "rejected the message as malformed",
  404: "has no such address",
  410: "no longer has this address",
  413: "rejected the message as too large",
};

/** A sentence, followed by the server's text. */
function withQuotation(sentence: string, text: string): string {
  const line = text
    .slice(0, maxQuotedCharacters * 8)
    .replace(/\s+/g, " ")
    .trim();
  // The text of a web page explains nothing.
  if (line === "" || isWebPage({ text: line })) return sentence;
  return `${sentence}${sentence.endsWith("?") ? "" : "."} The server replied: ${line}`;
}

function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  return new URL(location).origin;
}
