import type { SendOutcome } from "../../../core/delivery.ts";
import { type Accepts, isWebPage } from "./acceptance.ts";
import type { PostEnd } from "./request.ts";
import { parseRetryAfter, retryAfterOfBody } from "./retry-after.ts";

export interface AnswerContext {
  /** `https://ntfy.sh`: all of the address that may be named. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Takes secrets out and makes text safe. */
  readonly safe: (text: string) => string;
  /** What to do about a refused login. */
  readonly loginAdvice: string;
  /** Whether an answer with a status of success is one of the service. */
  readonly accepts: Accepts;
}

type Answered = Extract<PostEnd, { kind: "answered" }>;

/** A refused login or a moved server is mended by a person, and that takes a while. */
const retryAfterFixMs = 60 * 60_000;

/** Of what a server said, in a reason. */
const maxQuotedCharacters = 200;

/**
 * What an answer means for the delivery: 2xx delivered where the service itself says so, else to be tried again; 408, 425, 429 and 5xx to be tried again, when the server says;
 * a redirect and a refused login (401, 403, 407) to be tried again when somebody may have mended it; every other 4xx is
 * a refusal for good, unless it comes as a web page, which no service answers with: somebody else did.
 */
export function outcomeOfAnswer(answer: Answered, context: AnswerContext): SendOutcome {
  const { status } = answer;
  if (status < 200 || status >= 300) return outcomeOfFailure(answer, context);
  const acceptance = context.accepts(answer);
  if (acceptance.kind === "accepted") return { kind: "delivered", detail: `HTTP ${status}` };
  if (acceptance.status !== undefined) return outcomeOfFailure({ ...answer, status: acceptance.status }, context);
  const asked = askedWait(answer, context);
  return {
    kind: "retry",
    reason: context.safe(
      withQuotation(`${context.origin} answered (HTTP ${status}), but ${acceptance.problem}`, answer.text),
    ),
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
    // What did not come to its end may have been a success.
    ...(answer.cut === undefined ? { closed: true } : { uncertain: true }),
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
        `${context.origin} sends us to ${elsewhere} (HTTP ${status}); redirects are not followed: give the final address`,
      ),
      retryAfterMs: retryAfterFixMs,
      closed: true,
    };
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      kind: "retry",
      reason: reason(`refused us; ${context.loginAdvice}`),
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
  const asked = askedWait(answer, context);
  return {
    kind: "retry",
    reason: reason(status === 429 ? "takes no more messages now" : "cannot take the message now"),
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
    ...(serverWideStatuses.has(status) ? { closed: true } : {}),
  };
}

/** A proxy before the service may say it, and it is about the message. */
const tooLarge = 413;

function askedWait(answer: Answered, { now }: AnswerContext): number | undefined {
  const asked = answer.retryAfter === undefined ? undefined : parseRetryAfter(answer.retryAfter, now);
  return asked ?? retryAfterOfBody(answer.text);
}

/** Too many requests, and what gateways say of a server that is away: whatever the message. */
const serverWideStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const refusals: Readonly<Record<number, string>> = {
  400: "did not understand the message",
  404: "knows no such address",
  410: "has no such address any more",
  413: "finds the message too large",
};

/** A sentence, and behind it what the server said. */
function withQuotation(sentence: string, text: string): string {
  const line = text
    .slice(0, maxQuotedCharacters * 8)
    .replace(/\s+/g, " ")
    .trim();
  // A page for people tells nothing.
  if (line === "" || isWebPage({ text: line })) return sentence;
  return `${sentence}${sentence.endsWith("?") ? "" : "."} It said: ${line}`;
}

function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  return new URL(location).origin;
}
