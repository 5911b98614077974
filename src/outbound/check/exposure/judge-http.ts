import { latin1 } from "../../../wire/reader.ts";
import type { HttpAnswer } from "../../../wire/server/http.ts";
import { evidenceText } from "../service/evidence.ts";
import { exposed, inconclusive, isProtected, type Judgement } from "../service/protocol-module.ts";
import type { HttpEntry, HttpProbe, HttpProof, VersionSource } from "./entry.ts";

/** Judges one answer by what its entry says of it. Pure: the same answer is always the same verdict. */
export function judgeHttp(entry: HttpEntry, probe: HttpProbe, answer: HttpAnswer): Judgement {
  const seen = new SeenAnswer(answer);
  if (probe.isProduct?.some((proof) => holds({ status: "any", ...proof }, seen)) === false) {
    return inconclusive(`answers ${answer.status} for ${probe.path}, and nothing in it is of ${entry.title}`);
  }
  if (holds(probe.exposed, seen) && !isLoginPage(probe.exposed, seen)) {
    const version = probe.version === undefined ? undefined : versionIn(probe.version, seen);
    return exposed(`${probe.shows} without authentication`, version === undefined ? {} : { version });
  }
  if (probe.isProtected !== undefined && holds(probe.isProtected, seen)) return isProtected("asks for authentication");
  const { status } = answer;
  if (status === 401 || status === 407) return isProtected(`asks for authentication (${askedFor(answer)})`);
  if (status === 403) return isProtected("refuses this client (403)");
  const location = answer.headers.get("location");
  if (status >= 300 && status < 400 && location !== undefined && leadsToLogin(location)) {
    return isProtected(`leads to a login: ${evidenceText(location, 120)}`);
  }
  // Only a form that asks for a password is a login page; a page without one proves nothing.
  if (status === 200 && asksForPassword(seen)) return isProtected("shows a login page");
  return inconclusive(`answers ${status} for ${probe.path}, which does not prove ${entry.title}`);
}

function asksForPassword({ text }: SeenAnswer): boolean {
  return /<input[^<>]{1,300}type\s*=\s*["']?password/i.test(text);
}

/** The words of a console may stand above its login form, too. JSON is no page, whatever stands in it. */
function isLoginPage(proof: HttpProof, seen: SeenAnswer): boolean {
  return proof.json === undefined && asksForPassword(seen);
}

function askedFor(answer: HttpAnswer): string {
  const challenge = answer.headers.get("www-authenticate");
  return challenge === undefined ? String(answer.status) : evidenceText(challenge, 80);
}

/** "author" and "lesson" are no logins. */
const loginWords =
  /log[-_]?in|log[-_]?on|sign[-_]?in|saml|oauth|openid|j_security|authenticat|authori[sz]e|(?<![a-z])(?:auth|sso|cas)(?![a-z])/i;

function leadsToLogin(location: string): boolean {
  return loginWords.test(location.slice(0, 1000));
}

/** An answer with its text and its JSON, read once when asked for. */
class SeenAnswer {
  readonly answer: HttpAnswer;
  readonly text: string;
  #json: { readonly value: unknown } | undefined;

  constructor(answer: HttpAnswer) {
    this.answer = answer;
    this.text = latin1(answer.body);
  }

  /** The value at `path`; `undefined` where there is none, or no JSON. */
  field(path: string): unknown {
    this.#json ??= { value: readJson(this.answer.body) };
    let value: unknown = this.#json.value;
    for (const name of path === "" ? [] : path.split(".")) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
      value = Reflect.get(value, name);
    }
    return value;
  }
}

function readJson(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return value;
  } catch {
    return undefined;
  }
}

function holds(proof: HttpProof, seen: SeenAnswer): boolean {
  const { answer } = seen;
  if (proof.status !== "any" && answer.status !== (proof.status ?? 200)) return false;
  if (proof.header !== undefined && !proof.header[1].test(answer.headers.get(proof.header[0]) ?? "")) return false;
  const patterns = proof.body === undefined ? [] : proof.body instanceof RegExp ? [proof.body] : proof.body;
  if (!patterns.every((pattern) => pattern.test(seen.text))) return false;
  if (proof.without?.test(seen.text) === true) return false;
  return (proof.json ?? []).every((path) => {
    const value = seen.field(path);
    return path === "" ? typeof value === "object" && value !== null : value !== undefined;
  });
}

function versionIn(source: VersionSource, seen: SeenAnswer): string | undefined {
  if ("json" in source) {
    const value = seen.field(source.json);
    return typeof value === "string" && value !== "" ? value : undefined;
  }
  if ("body" in source) return source.body.exec(seen.text)?.[1];
  return source.header[1].exec(seen.answer.headers.get(source.header[0]) ?? "")?.[1];
}
