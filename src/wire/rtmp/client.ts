import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { latin1, maxInspectedBytes } from "../reader.ts";

/** The handshake of an RTMP client, and the requested application. */
export interface RtmpStart {
  /** `live`. */
  readonly application?: string | undefined;
  readonly url?: string | undefined;
  /** `FMLE/3.0 (compatible; FMSc/1.0)`. */
  readonly flashVersion?: string | undefined;
}

const versionBytes = 1;
const handshakeBytes = 1536;
const firstMessage = versionBytes + 2 * handshakeBytes;
const chunkBytes = 128;
const commandMessage = 0x14;
/** The string "connect" in AMF0. */
const connect = "\u0002\0\u0007connect";
const maxCommandBytes = 2048;

/**
 * Weak: version 3, then 1,536 bytes of which the second four are zero or a version of Flash; after the second handshake message
 * the command `connect`. Adobe's Real Time Messaging Protocol 1.0, sections 5.2 and 7.2.1.1.
 */
export function parse(bytes: Uint8Array): Outcome<RtmpStart> {
  if (bytes.length === 0) return incomplete;
  if (bytes[0] !== 3) return mismatch;
  if (!isVersion(bytes.subarray(5, 9))) return mismatch;
  if (bytes.length < versionBytes + handshakeBytes) return incomplete;
  if (bytes.length < firstMessage + 12) return match({}, false);
  const command = readCommand(bytes);
  if (command === undefined) return match({});
  const application = property(command.text, "app");
  const url = property(command.text, "tcUrl");
  const flashVersion = property(command.text, "flashVer");
  return match(
    {
      application,
      url,
      flashVersion,
    },
    command.isWhole,
  );
}

/** Zero, or major, minor, build, revision of Flash 9 and later: the handshake with digests. */
function isVersion(bytes: Uint8Array): boolean {
  const [major = 0, ...rest] = bytes;
  if (major === 0) return rest.every((byte) => byte === 0);
  return major >= 9 && major <= 128;
}

/** The first message, joined from its chunks; `undefined` if it is not `connect`. */
function readCommand(bytes: Uint8Array): { readonly text: string; readonly isWhole: boolean } | undefined {
  const header = bytes.subarray(firstMessage, firstMessage + 12);
  const [first = 0, , , , high = 0, middle = 0, low = 0, type] = header;
  const length = high * 65_536 + middle * 256 + low;
  if (first >> 6 !== 0 || type !== commandMessage) return undefined;
  const end = Math.min(bytes.length, maxInspectedBytes);
  let at = firstMessage + 12;
  let text = "";
  const wanted = Math.min(length, maxCommandBytes);
  while (text.length < wanted && at < end) {
    const part = Math.min(chunkBytes, wanted - text.length, end - at);
    text += latin1(bytes, at, at + part);
    // A header of one byte precedes each further chunk.
    at += part + 1;
  }
  if (!connect.startsWith(text.slice(0, connect.length))) return undefined;
  return { text, isWhole: text.length >= wanted };
}

/** A string property in an AMF0 object: name, 0x02, length, text. */
function property(text: string, name: string): string | undefined {
  const at = text.indexOf(`\0${String.fromCharCode(name.length)}${name}\u0002`);
  if (at === -1) return undefined;
  const start = at + 2 + name.length + 3;
  const length = text.charCodeAt(start - 2) * 256 + text.charCodeAt(start - 1);
  const value = text.slice(start, start + length);
  return value.length === length && length > 0 && isPrintableAscii(value) ? fact(value) : undefined;
}

export const rtmp = protocol({
  name: "rtmp",
  strength: "weak",
  firstBytes: oneOf(3),
  parse,
  describe: (value) => ({ rtmp: { ...value } }),
});
