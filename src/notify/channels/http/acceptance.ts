import type { AnswerCut } from "./request.ts";

/** An answer with a 2xx status. Texts are not made safe. */
export interface SuccessAnswer {
  readonly status: number;
  readonly contentType?: string | undefined;
  /** The part that was read. */
  readonly text: string;
  /** Why the text is incomplete. */
  readonly cut?: AnswerCut | undefined;
}

/** Whether an answer with a 2xx status confirms that the service accepted the message. */
export type Acceptance =
  | { readonly kind: "accepted" }
  /**
   * `problem` completes the sentence "https://ntfy.sh answered, but ...". `status` is the HTTP status of a second server behind the
   * one that answered.
   */
  | { readonly kind: "refused"; readonly problem: string; readonly status?: number | undefined };

/** Compares with the documented answer of a service: a message is delivered only if the service itself confirms it. */
export type Accepts = (answer: SuccessAnswer) => Acceptance;

export const accepted: Acceptance = { kind: "accepted" };

export function refused(problem: string, status?: number): Acceptance {
  return { kind: "refused", problem, status };
}

/** A web page instead of the service's answer: a login page, a proxy, a captive portal, another server. */
export const webPage = refused(
  "with a web page instead of the service (a login page, a proxy, a captive portal, or the wrong address?)",
);

/** Whether an answer is a web page, by its content type or its first characters. */
export function isWebPage({ contentType = "", text }: Pick<SuccessAnswer, "contentType" | "text">): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType) || startsLikeWebPage(text.slice(0, 1024));
}

/** Skips a byte order mark, white space, an XML declaration and comments. */
function startsLikeWebPage(text: string): boolean {
  const start = text.replace(/^\ufeff/, "").trimStart();
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start)) return true;
  return /^<(?:\?xml|!--)/i.test(start) && /<(?:!doctype\s+html|html)\b/i.test(start);
}

/** The answer as a JSON object; `undefined` if it is not one. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  return asObject(jsonValue(text));
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

/** Describes an answer that is not the documented one of the service. */
export function notFrom(service: string, { text, cut }: SuccessAnswer): Acceptance {
  if (cut === "connection") return cutOff;
  if (cut !== undefined)
    return refused(`did not complete its answer in time, so ${service} has not confirmed the message`);
  if (text.trim() === "") return refused(`with an empty answer; ${service} confirms each message`);
  return refused(`its answer is not the confirmation that ${service} sends; is the address right?`);
}

const cutOff = refused("closed the connection during its answer, so it is unknown whether it accepted the message");

/**
 * Accepts every 2xx answer except a web page, an incomplete answer, and JSON that reports a failure: an object, or a list that
 * contains only such objects.
 */
export const acceptsAnySuccess: Accepts = (answer) => {
  if (isWebPage(answer)) return webPage;
  const json = jsonValue(answer.text);
  const results = Array.isArray(json) ? json : [json];
  const isFailure = (result: unknown) => {
    const object = asObject(result);
    return object !== undefined && reportsFailure(object);
  };
  if (results.length > 0 && results.every(isFailure)) return refused("reported a failure");
  return answer.cut === "connection" ? cutOff : accepted;
};

/**
 * `ok`, `success` or `status` false, an `error` or `errors`, an `errcode` other than 0 (DingTalk, WeCom), `status` 0
 * (Pushover), "error" or "fail" as `status` or `result` (JSend, Zulip), and an HTTP error as `status` or `code`
 * (RFC 9457).
 */
export function reportsFailure(json: Readonly<Record<string, unknown>>): boolean {
  const { ok, success, error, errors, errcode, status, code, result } = json;
  if (ok === false || success === false || status === false) return true;
  if (isPresent(error) || isPresent(errors)) return true;
  if ((typeof errcode === "number" || typeof errcode === "string") && Number(errcode) !== 0) return true;
  if (isErrorStatus(status) || isErrorStatus(code)) return true;
  return status === 0 || isFailureWord(status) || isFailureWord(result);
}

function isErrorStatus(value: unknown): boolean {
  return typeof value === "number" && value >= 400 && value < 600;
}

function isFailureWord(value: unknown): boolean {
  return typeof value === "string" && /^(?:error|fail|failed|failure)$/i.test(value);
}

function isPresent(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}

/** `any`: the status is enough. Any other text: the answer must contain it. */
export function acceptsExpected(expected: string): Accepts {
  if (expected === "any") return () => accepted;
  return ({ text }) => (text.includes(expected) ? accepted : refused("without the text given in `expect`"));
}
