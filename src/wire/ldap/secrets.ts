import { readElement } from "../ber.ts";
import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";

const bindRequest = 0x60;
const simple = 0x80;
const sasl = 0xa3;
const maxMessages = 8;

/** The password of a simple bind, or the credentials of a SASL bind. RFC 4511 section 4.2. */
export function ldapSecrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  const reader = new Reader(bytes, 0, bytes.length);
  for (let messages = 0; messages < maxMessages && reader.remaining > 0; messages++) {
    const message = readElement(reader);
    if (message === undefined) break;
    readElement(message.contents);
    const request = readElement(message.contents);
    if (request?.tag !== bindRequest) continue;
    readElement(request.contents);
    readElement(request.contents);
    const choice = readElement(request.contents);
    if (choice === undefined) continue;
    const { tag, contents } = choice;
    if (tag === sasl) readElement(contents);
    const { offset, remaining } = contents;
    if (remaining === 0) continue;
    const text = tag === simple ? { text: contents.text(remaining) } : {};
    secrets.push({ start: offset, end: offset + remaining, ...text });
  }
  return secrets;
}
