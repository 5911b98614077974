import { fieldSecrets } from "../http/secrets.ts";
import { latin1, maxInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";

/** A mechanism and its initial response: `( PLAIN ( 20:...`. Subversion, "The ra_svn protocol", section 2.1. */
const login = /\( ?[A-Z][A-Z0-9_-]{2,32} \( ?\d{1,6}:/;

/** Passwords in the URL and in a login. Everything after the beginning of a login counts as secret. */
export function svnSecrets(bytes: Uint8Array): readonly Secret[] {
  const end = Math.min(bytes.length, maxInspectedBytes);
  const text = latin1(bytes, 0, end);
  const found = login.exec(text);
  const start = found === null ? end : found.index + found[0].length;
  return start < end ? [...fieldSecrets(text), { start, end }] : fieldSecrets(text);
}
