/** What a token endpoint answered (RFC 6749 section 5). Texts are not made safe. */
export type TokenAnswer =
  | {
      readonly kind: "token";
      readonly accessToken: string;
      /** How long the token is valid from now; `undefined` if the answer does not contain it. */
      readonly lifetimeMs: number | undefined;
      /** Replaces the refresh token that was sent. */
      readonly refreshToken: string | undefined;
    }
  /** `error` is a code such as `invalid_grant`. */
  | { readonly kind: "refused"; readonly error: string; readonly description: string }
  | { readonly kind: "unreadable"; readonly problem: string };

/** Microsoft's access tokens have about 2,000 characters, and several times as many for a user in many groups. */
const maxTokenCharacters = 16_384;
const maxLifetimeSeconds = 366 * 86_400;

/** VSCHAR without spaces: what a token may consist of (RFC 6749 appendix A.12, RFC 6750 section 2.1). */
const tokenText = /^[\x21-\x7e]+$/;

/** Reads the body of an answer with any status. It never throws, and its work is bounded by the text. */
export function readTokenAnswer(text: string): TokenAnswer {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "unreadable", problem: "the answer is not JSON" };
  }
  if (typeof body !== "object" || body === null) return { kind: "unreadable", problem: "the answer is not an object" };
  const error = field(body, "error");
  if (typeof error === "string" && error !== "") {
    const description = field(body, "error_description");
    return { kind: "refused", error, description: typeof description === "string" ? description : "" };
  }
  const accessToken = field(body, "access_token");
  if (!isToken(accessToken)) return { kind: "unreadable", problem: "the answer has no usable access_token" };
  const type = field(body, "token_type");
  if (typeof type === "string" && type.toLowerCase() !== "bearer") {
    return { kind: "unreadable", problem: "the token is not of the type Bearer" };
  }
  const refreshToken = field(body, "refresh_token");
  return {
    kind: "token",
    accessToken,
    lifetimeMs: lifetimeOf(field(body, "expires_in")),
    refreshToken: isToken(refreshToken) ? refreshToken : undefined,
  };
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length <= maxTokenCharacters && tokenText.test(value);
}

/** Some servers send the number as text. */
function lifetimeOf(value: unknown): number | undefined {
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || !(seconds >= 0)) return undefined;
  return Math.round(Math.min(seconds, maxLifetimeSeconds) * 1000);
}

function field(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
