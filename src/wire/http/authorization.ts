import { nonEmptyFact } from "../fact.ts";
import { findNtlm } from "../ntlm/find.ts";
import { latin1, utf8 } from "../reader.ts";

/** The identity in an Authorization header. The credentials are not included. */
export interface Authorization {
  /** Lower case: `basic`, `digest`, `bearer`. RFC 9110 section 11.1. */
  readonly scheme: string;
  /** Of Basic (RFC 7617), Digest (RFC 7616) and NTLM (RFC 4559, [MS-NTHT]). */
  readonly user?: string | undefined;
  /** Of NTLM. */
  readonly domain?: string | undefined;
  readonly workstation?: string | undefined;
}

const schemes: ReadonlySet<string> = new Set(["basic", "bearer", "digest", "negotiate", "ntlm"]);

/** @param value of the field Authorization or Proxy-Authorization, one character per byte */
export function readAuthorization(value: string): Authorization | undefined {
  const space = value.indexOf(" ");
  const scheme = (space === -1 ? value : value.slice(0, space)).toLowerCase();
  if (!/^[a-z0-9._-]{1,32}$/.test(scheme)) return undefined;
  // A single word may be the key itself.
  if (space === -1 && !schemes.has(scheme)) return undefined;
  const rest = space === -1 ? "" : value.slice(space + 1).trim();
  if (scheme === "ntlm" || scheme === "negotiate") return { scheme, ...findNtlm(Buffer.from(rest, "base64")) };
  const user = scheme === "basic" ? basicUser(rest) : scheme === "digest" ? digestUser(rest) : undefined;
  return { scheme, user: nonEmptyFact(user) };
}

/** The password of Basic; `undefined` if it cannot be decoded. */
export function basicPassword(value: string): string | undefined {
  const { text, colon } = decoded(value);
  return colon === -1 ? undefined : text.slice(colon + 1);
}

function basicUser(value: string): string {
  const { text, colon } = decoded(value);
  // Without a colon there is no user (RFC 7617 section 2): the value may be a token.
  return colon === -1 ? "" : text.slice(0, colon);
}

function decoded(value: string): { readonly text: string; readonly colon: number } {
  const bytes = Buffer.from(value, "base64");
  const text = utf8(bytes) ?? latin1(bytes);
  return { text, colon: text.indexOf(":") };
}

function digestUser(value: string): string | undefined {
  return /(?:^|[ ,])username="((?:[^"\\]|\\.){0,512})"/i.exec(value)?.[1]?.replace(/\\(.)/g, "$1");
}
