import { linesOf, splitWord } from "../dialogue/transcript.ts";
import { fact, isPlain, nonEmptyFact } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, maxInspectedBytes, Reader, startsWith } from "../reader.ts";
import type { Secret } from "../secret.ts";

/** The greeting of an rsync client, and its request after the server's greeting. */
export interface RsyncGreeting {
  /** Protocol version: `31.0`. */
  readonly version: string;
  /** The requested module; absent, or `#list`, if the client requests the list of modules. */
  readonly module?: string | undefined;
  /** The user, if the server requested a login. The response is not included. */
  readonly user?: string | undefined;
}

const mark = ascii("@RSYNCD: ");
const maxNameBytes = 1024;

/** Proof: `@RSYNCD: ` and a version. rsync source, clientserver.c: exchange_protocols. */
export function parse(bytes: Uint8Array): Outcome<RsyncGreeting> {
  const agreement = startsWith(bytes, mark);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, mark.length);
  const available = reader.remaining;
  const line = reader.line(256);
  if (line === undefined) return available < 256 ? { kind: "incomplete" } : mismatch;
  const version = /^(\d{1,3}(?:\.\d{1,3})?)(?: [\w -]*)?$/.exec(line)?.[1];
  if (version === undefined) return mismatch;
  const name = reader.line(maxNameBytes);
  if (name === undefined) return match({ version }, reader.remaining >= maxNameBytes);
  if (!isPlain(name)) return mismatch;
  const value = { version, module: nonEmptyFact(name) };
  const login = reader.remaining === 0 ? "" : reader.line(maxNameBytes);
  if (login === undefined) return match(value, reader.remaining >= maxNameBytes);
  const user = /^(\S{1,256}) \S{1,512}$/.exec(login)?.[1];
  return match({ ...value, user: fact(user) });
}

/** The response to the server's challenge, on the third line. */
export function rsyncSecrets(bytes: Uint8Array): readonly Secret[] {
  const [, , login] = linesOf(bytes.subarray(0, maxInspectedBytes));
  if (login === undefined) return [];
  const { start, end } = splitWord(login)[1];
  return end > start ? [{ start, end }] : [];
}

export const rsync = protocol({
  name: "rsync",
  strength: "strong",
  firstBytes: anyOf("@"),
  parse,
  describe: (value) => ({ rsync: { ...value } }),
  secrets: rsyncSecrets,
});
