import type { AnswerCut } from "./request.ts";

/** A success by its status: what the server said with it. Texts are not made safe. */
export interface SuccessAnswer {
  readonly status: number;
  readonly contentType?: string;
  /** As far as it was read. */
  readonly text: string;
  /** Why the text is not whole. */
  readonly cut?: AnswerCut;
}

/** Whether an answer with a status of success says that the message was taken. */
export type Acceptance =
  | { readonly kind: "accepted" }
  /**
   * `problem` ends the sentence "https://ntfy.sh answered, but ...". `status` is what the service met behind the server
   * that answered, as a status of HTTP.
   */
  | { readonly kind: "refused"; readonly problem: string; readonly status?: number };

/** What a service is known to answer. "Delivered" is said only where the service itself said so. */
export type Accepts = (answer: SuccessAnswer) => Acceptance;

export const accepted: Acceptance = { kind: "accepted" };

export function refused(problem: string, status?: number): Acceptance {
  return { kind: "refused", problem, ...(status === undefined ? {} : { status }) };
}

/** A page for people where a program was expected to answer: a login, a proxy, a captive portal, another server. */
export const webPage = refused(
  "with a web page in place of the service (a login page, a proxy, a captive portal, or the wrong address?)",
);

/** Whether an answer is a page for people, by its type or by how it begins. */
export function isWebPage({ contentType = "", text }: Pick<SuccessAnswer, "contentType" | "text">): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(contentType) || beginsAsPage(text.slice(0, 1024));
}

/** Past a byte order mark, blanks, an XML declaration and comments. */
function beginsAsPage(text: string): boolean {
  const start = text.replace(/^\ufeff/, "").trimStart();
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start)) return true;
  return /^<(?:\?xml|!--)/i.test(start) && /<(?:!doctype\s+html|html)\b/i.test(start);
}

/** The answer as a JSON object, where it is one. */
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

/** What an answer that is not the service's is like, in words. */
export function notFrom(service: string, { text, cut }: SuccessAnswer): Acceptance {
  if (cut === "connection") return cutOff;
  if (cut !== undefined)
    return refused(`did not finish its answer in time, so ${service} has not said that it took it`);
  if (text.trim() === "") return refused(`with nothing, and ${service} confirms each message`);
  return refused(`not as ${service} does when it takes a message; is the address right?`);
}

const cutOff = refused("broke its answer off, so whether it took the message is not known");

/**
 * Whatever succeeds by its status, but a page for people, an answer that breaks off, and JSON that says that it failed: an
 * object, or a list of nothing but such objects.
 */
export const acceptsAnySuccess: Accepts = (answer) => {
  if (isWebPage(answer)) return webPage;
  const json = jsonValue(answer.text);
  const results = Array.isArray(json) ? json : [json];
  const isFailure = (result: unknown) => {
    const object = asObject(result);
    return object !== undefined && saysFailure(object);
  };
  if (results.length > 0 && results.every(isFailure)) return refused("that it failed");
  return answer.cut === "connection" ? cutOff : accepted;
};

/**
 * `ok`, `success` or `status` false, an `error` or `errors`, an `errcode` other than 0 (DingTalk, WeCom), `status` 0
 * (Pushover), "error" or "fail" as `status` or `result` (JSend, Zulip), and one of HTTP's errors as `status` or `code`
 * (RFC 9457).
 */
export function saysFailure(json: Readonly<Record<string, unknown>>): boolean {
  const { ok, success, error, errors, errcode, status, code, result } = json;
  if (ok === false || success === false || status === false) return true;
  if (isSomething(error) || isSomething(errors)) return true;
  if ((typeof errcode === "number" || typeof errcode === "string") && Number(errcode) !== 0) return true;
  if (isErrorStatus(status) || isErrorStatus(code)) return true;
  return status === 0 || isWordOfFailure(status) || isWordOfFailure(result);
}

function isErrorStatus(value: unknown): boolean {
  return typeof value === "number" && value >= 400 && value < 600;
}

function isWordOfFailure(value: unknown): boolean {
  return typeof value === "string" && /^(?:error|fail|failed|failure)$/i.test(value);
}

function isSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}

/** `any`: the status alone counts. Anything else: the answer has this text in it. */
export function acceptsExpected(expected: string): Accepts {
  if (expected === "any") return () => accepted;
  return ({ text }) => (text.includes(expected) ? accepted : refused("without the text that `expect` names"));
}
