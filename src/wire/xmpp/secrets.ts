import { latin1, maxInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";

const secret = /<(?:auth|response|password|digest)(?:[ \t\r\n][^<>]{0,400})?>([^<]+)/g;

/** Credentials that a client sends without waiting: of SASL (RFC 6120 section 6.4.2), or of the older login (XEP-0078). */
export function xmppSecrets(bytes: Uint8Array): readonly Secret[] {
  const text = latin1(bytes, 0, Math.min(bytes.length, maxInspectedBytes));
  return Array.from(text.matchAll(secret), ({ index, 0: all, 1: value = "" }) => {
    const end = index + all.length;
    return { start: end - value.length, end, text: value };
  });
}
