import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { maxInspectedBytes, wireText } from "../reader.ts";
import { svnSecrets } from "./secrets.ts";

/** The first message of a client of Subversion's own protocol. */
export interface SvnStart {
  /** Protocol version: 2. */
  readonly version: number;
  readonly url?: string;
  /** `SVN/1.14.2 (x86_64-pc-linux-gnu)`. */
  readonly userAgent?: string;
}

const maxHeadBytes = 1024;

/** Proof: a version and the list of the client's capabilities. Subversion, subversion/libsvn_ra_svn/protocol. */
export function parse(bytes: Uint8Array): Outcome<SvnStart> {
  const inspected = bytes.subarray(0, maxInspectedBytes);
  const text = wireText(inspected.subarray(0, maxHeadBytes), true);
  const head = /^\( (\d{1,3}) \( (?:[\w-]{1,64} ){0,32}\) /.exec(text);
  if (head === null) return bytes.length < maxHeadBytes && mayBecome(text) ? incomplete : mismatch;
  const version = Number(head[1]);
  const url = readString(inspected, head[0].length);
  if (url.kind === "mismatch") return mismatch;
  if (url.kind === "incomplete") return match({ version }, false);
  const value = { version, url: fact(withoutPassword(url.value.text)) };
  const agent = readString(inspected, url.value.end);
  if (agent.kind === "incomplete") return match(value, false);
  if (agent.kind === "mismatch") return match(value);
  return match({ ...value, userAgent: fact(agent.value.text) });
}

/** `5:hello `: a length, the bytes and a space. */
function readString(bytes: Uint8Array, from: number): Outcome<{ readonly text: string; readonly end: number }> {
  let at = from;
  let length = 0;
  while (at < bytes.length && at - from < 5) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = length * 10 + digit;
    at += 1;
  }
  if (at >= bytes.length) return bytes.length < maxInspectedBytes ? incomplete : mismatch;
  if (at === from || bytes[at] !== 0x3a) return mismatch;
  const end = at + 1 + length;
  if (end >= bytes.length) return bytes.length < maxInspectedBytes ? incomplete : mismatch;
  return match({ text: wireText(bytes.subarray(at + 1, end)), end: end + 1 });
}

function withoutPassword(url: string): string {
  return url.replace(/^(svn(?:\+\w{1,16})?:\/\/[^\s/:@]{0,256}):[^\s/@]{0,256}@/, "$1@");
}

function mayBecome(text: string): boolean {
  return /^(?:\((?: (?:\d{1,3}(?: (?:\((?: (?:[\w-]{1,64} ){0,32}(?:[\w-]{1,64}|\))?)?)?)?)?)?)?$/.test(text);
}

export const svn = protocol({
  name: "svn",
  strength: "strong",
  firstBytes: anyOf("("),
  parse,
  describe: (value) => ({ svn: { ...value } }),
  secrets: svnSecrets,
});
