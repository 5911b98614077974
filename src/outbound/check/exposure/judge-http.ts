import { exposed, inconclusive, isProtected, type Judgement } from "../service/protocol-module.ts";
import { asksForPassword, requiredLogin } from "../web/required-login.ts";
import type { SeenAnswer } from "../web/seen-answer.ts";
import type { EntryRequest, HttpEntry, HttpProof, VersionSource } from "./entry.ts";

/** Judges one answer by its catalogue entry. Pure. */
export function judgeHttp(entry: HttpEntry, request: EntryRequest, seen: SeenAnswer): Judgement {
  const { answer } = seen;
  if (request.isProduct?.some((proof) => holds({ status: "any", ...proof }, seen)) === false) {
    return inconclusive(`answers ${answer.status} for ${request.path}, without a sign of ${entry.title}`);
  }
  if (holds(request.exposed, seen) && !isLoginPage(request.exposed, seen)) {
    const version = request.version === undefined ? undefined : versionIn(request.version, seen);
    return exposed(`${request.shows} without authentication`, version === undefined ? {} : { version });
  }
  if (request.isProtected !== undefined && holds(request.isProtected, seen))
    return isProtected("requires authentication");
  return (
    requiredLogin(seen) ??
    inconclusive(`answers ${answer.status} for ${request.path}, which does not prove ${entry.title}`)
  );
}

/** The words of a console may be on its login page too. JSON is not a login page. */
function isLoginPage(proof: HttpProof, seen: SeenAnswer): boolean {
  return proof.json === undefined && asksForPassword(seen);
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
