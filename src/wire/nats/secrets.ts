import { readable } from "../dialogue/transcript.ts";
import { latin1, maxInspectedBytes } from "../reader.ts";
import type { Secret } from "../secret.ts";

const secret = /"(?:pass(?:word)?|auth_token|jwt|sig)"[ \t]{0,4}:[ \t]{0,4}"((?:[^"\\]|\\.)*)/g;

/** The password, the token and the signature of CONNECT. */
export function natsSecrets(bytes: Uint8Array): readonly Secret[] {
  const text = latin1(bytes, 0, Math.min(bytes.length, maxInspectedBytes));
  return Array.from(text.matchAll(secret), ({ index, 0: all, 1: value = "" }) => {
    const end = index + all.length;
    return { start: end - value.length, end, text: readable(value) };
  }).filter(({ start, end }) => end > start);
}
