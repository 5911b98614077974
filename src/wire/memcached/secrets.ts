import { linesOf } from "../dialogue/transcript.ts";
import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";

const saslCommands: ReadonlySet<number> = new Set([0x21, 0x22]);
const headerBytes = 24;
const maxCommands = 64;

/** The credentials of a SASL login. https://github.com/memcached/memcached/wiki/SASLAuthProtocol */
function binarySecrets(bytes: Uint8Array): readonly Secret[] {
  const secrets: Secret[] = [];
  const reader = new Reader(bytes, 0, bytes.length);
  for (let commands = 0; commands < maxCommands && reader.remaining >= headerBytes; commands++) {
    if (reader.u8() !== 0x80) break;
    const isLogin = saslCommands.has(reader.u8());
    const keyBytes = reader.u16();
    const extrasBytes = reader.u8();
    reader.skip(3);
    const bodyBytes = reader.u32();
    reader.skip(12);
    const start = Math.min(bytes.length, reader.offset + keyBytes + extrasBytes);
    const end = Math.min(bytes.length, reader.offset + bodyBytes);
    if (isLogin && end > start) secrets.push({ start, end });
    reader.skip(end - reader.offset);
  }
  return secrets;
}

/** If the server has a file of users, the first `set` of a client is its login: the value is user and password (protocol.txt). */
export function memcachedSecrets(bytes: Uint8Array): readonly Secret[] {
  if (bytes[0] === 0x80) return binarySecrets(bytes);
  const [first, second] = linesOf(bytes);
  if (first === undefined || second === undefined || !/^set[ ]/.test(first.text)) return [];
  const words = /^([^\s]{1,64}[ ])[^\s]{1,256}$/.exec(second.text);
  const user = words?.[1];
  if (user === undefined) return [];
  return [{ start: second.start + user.length, end: second.end, text: second.text.slice(user.length) }];
}
