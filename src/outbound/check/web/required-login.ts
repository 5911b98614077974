import type { HttpAnswer } from "../../../wire/http/server.ts";
import { evidenceText } from "../service/evidence.ts";
import { isProtected, type Judgement } from "../service/protocol-module.ts";
import type { SeenAnswer } from "./seen-answer.ts";

/** `protected` where an answer of any web server requires authentication, refuses, or leads to a login; else `undefined`. */
export function requiredLogin(seen: SeenAnswer): Judgement | undefined {
  const { answer } = seen;
  const { status } = answer;
  if (status === 401 || status === 407) return isProtected(`requires authentication (${askedFor(answer)})`);
  if (status === 403) return isProtected("refuses this client (403)");
  const location = answer.headers.get("location");
  if (status >= 300 && status < 400 && location !== undefined && leadsToLogin(location)) {
    return isProtected(`leads to a login: ${evidenceText(location, 120)}`);
  }
  // Only a form that requires a password is a login page; a page without one proves nothing.
  return status === 200 && asksForPassword(seen) ? isProtected("shows a login page") : undefined;
}

export function asksForPassword({ text }: SeenAnswer): boolean {
  return /<input[^<>]{1,300}type\s*=\s*["']?password/i.test(text);
}

function askedFor(answer: HttpAnswer): string {
  const challenge = answer.headers.get(answer.status === 407 ? "proxy-authenticate" : "www-authenticate");
  return challenge === undefined ? String(answer.status) : evidenceText(challenge, 80);
}

/** "author" and "lesson" are not logins. */
const loginWords =
  /log[-_]?in|log[-_]?on|sign[-_]?in|saml|oauth|openid|j_security|authenticat|authori[sz]e|(?<![a-z])(?:auth|sso|cas)(?![a-z])/i;

function leadsToLogin(location: string): boolean {
  return loginWords.test(location.slice(0, 1000));
}
