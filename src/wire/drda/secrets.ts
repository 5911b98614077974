import type { Secret } from "../secret.ts";
import { readMessages } from "./message.ts";

const password = 0x11a1;
const newPassword = 0x11de;

/** The passwords of a security check. DRDA, volume 3: DDM, SECCHK. */
export function drdaSecrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  for (const message of readMessages(bytes)) {
    for (const { codePoint, start, end } of message?.parameters ?? []) {
      if ((codePoint === password || codePoint === newPassword) && end > start) secrets.push({ start, end });
    }
  }
  return secrets;
}
