import { latin1, maximumInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";

const secret = /<(?:auth|response|password|digest)(?:[ \t\r\n][^<>]{0,400})?>([^<]+)/g;

/** What a client sends without waiting: a login by SASL (RFC 6120 section 6.4.2), or the earlier one (XEP-0078). */
export function xmppSecrets(bytes: Uint8Array): readonly Secret[] {
  const text = latin1(bytes, 0, Math.min(bytes.length, maximumInspectedBytes));
  return Array.from(text.matchAll(secret), ({ index, 0: all, 1: value = "" }) => {
    const end = index + all.length;
    return { start: end - value.length, end, text: value };
  });
}
