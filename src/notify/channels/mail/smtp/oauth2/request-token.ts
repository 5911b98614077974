import type net from "node:net";
import type tls from "node:tls";
import { explainHttpFailure } from "../../../http/explain.ts";
import type { PostEnd } from "../../../http/request.ts";
import { parseRetryAfter } from "../../../http/retry-after.ts";
import { explainTokenRefusal } from "./explain-refusal.ts";
import type { OAuth2Settings } from "./schema.ts";
import { readTokenAnswer, type TokenAnswer } from "./token-answer.ts";

export interface TokenRequest {
  readonly settings: OAuth2Settings;
  /** To be sent; it may have replaced the configured one. */
  readonly refreshToken: string | undefined;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly secureContext?: tls.SecureContext | undefined;
  readonly lookup?: net.LookupFunction | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The result of a request. A reason may include the server's text: the caller must redact secrets and make it safe. */
export type TokenRequestEnd =
  | Extract<TokenAnswer, { readonly kind: "token" }>
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
      /** The refresh token itself was refused. */
      readonly isGrantRefused: boolean;
    };

const maxAnswerBytes = 64 * 1024;
const maxQuotedCharacters = 300;

/** Requests an access token (RFC 6749 sections 4.4 and 6). It never rejects. Redirects are not followed. */
export async function requestToken(request: TokenRequest): Promise<TokenRequestEnd> {
  const { settings, timeoutMs } = request;
  const url = new URL(settings.tokenUrl);
  const { post } = await import("../../../http/request.ts");
  const end = await post({
    url,
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(tokenForm(settings, request.refreshToken).toString()),
    signal: request.signal,
    timeoutMs,
    answer: { maxBytes: maxAnswerBytes, timeoutMs },
    secureContext: request.secureContext,
    lookup: request.lookup,
  });
  if (end.kind === "failed") return failed(`no access token: ${explainHttpFailure(end.error, url.origin)}`);
  return readEnd(end, request, url.origin);
}

/** The form that is posted. Secrets go into the body only, so that no server logs them. */
function tokenForm(settings: OAuth2Settings, refreshToken: string | undefined): URLSearchParams {
  return new URLSearchParams({
    client_id: settings.clientId,
    ...(settings.clientSecret === undefined ? {} : { client_secret: settings.clientSecret }),
    ...(settings.scope === undefined ? {} : { scope: settings.scope }),
    ...(refreshToken === undefined
      ? { grant_type: "client_credentials" }
      : { grant_type: "refresh_token", refresh_token: refreshToken }),
  });
}

function readEnd(
  end: Extract<PostEnd, { readonly kind: "answered" }>,
  { settings, now }: TokenRequest,
  origin: string,
): TokenRequestEnd {
  const { status } = end;
  const answer = readTokenAnswer(end.text);
  if (status >= 200 && status < 300 && answer.kind === "token") return answer;
  if (status >= 300 && status < 400) {
    return failed(
      `no access token: ${origin} redirects to another address (HTTP ${status}); redirects are not followed: is email.oauth2.token_url right?`,
    );
  }
  if (status === 429 || status >= 500) {
    const retryAfterMs = end.retryAfter === undefined ? undefined : parseRetryAfter(end.retryAfter, now);
    const state = status === 429 ? "accepts no more requests now" : "has an internal error";
    return failed(`no access token: ${origin} ${state} (HTTP ${status})`, retryAfterMs);
  }
  if (answer.kind === "refused") {
    const text = answer.description.replace(/\s+/g, " ").trim().slice(0, maxQuotedCharacters);
    return {
      ...failed(
        `${origin} refused to issue an access token (${answer.error.slice(0, 100)}): ${explainTokenRefusal(answer, settings)}${text === "" ? "" : `. The server replied: ${text}`}`,
      ),
      isGrantRefused: answer.error === "invalid_grant" && settings.refreshToken !== undefined,
    };
  }
  if (end.cut === "time" || end.cut === "connection") {
    const how = end.cut === "time" ? "did not complete its answer in time" : "closed the connection during its answer";
    return failed(`no access token: ${origin} ${how} (HTTP ${status})`);
  }
  const problem =
    end.cut === "limit"
      ? "the answer is too long"
      : answer.kind === "unreadable"
        ? answer.problem
        : "the answer is not a success";
  return failed(
    `no access token: ${origin} does not answer like a token endpoint (HTTP ${status}, ${problem}); is email.oauth2.token_url right?`,
  );
}

function failed(reason: string, retryAfterMs?: number): Extract<TokenRequestEnd, { readonly kind: "failed" }> {
  return { kind: "failed", reason, isGrantRefused: false, retryAfterMs };
}
