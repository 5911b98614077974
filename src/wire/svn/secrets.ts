import { fieldSecrets } from "../http/secrets.ts";
import { latin1, maximumInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";

/** A mechanism and what proves the user: `( PLAIN ( 20:...`. Subversion, "The ra_svn protocol", section 2.1. */
const login = /\( ?[A-Z][A-Z0-9_-]{2,32} \( ?\d{1,6}:/;

/** In the address, and in a login: what follows is a part of it, or comes after it. */
export function svnSecrets(bytes: Uint8Array): readonly Secret[] {
  const end = Math.min(bytes.length, maximumInspectedBytes);
  const text = latin1(bytes, 0, end);
  const found = login.exec(text);
  const start = found === null ? end : found.index + found[0].length;
  return start < end ? [...fieldSecrets(text), { start, end }] : fieldSecrets(text);
}
