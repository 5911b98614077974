import { fact, isPlain } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The hello of a Niagara Fox client (building automation). */
export interface FoxHello {
  readonly foxVersion?: string | undefined;
  readonly hostName?: string | undefined;
  readonly application?: string | undefined;
}

const mark = ascii("fox a ");
const maxLines = 32;

/** Proof: the first line `fox a <number> <number> fox hello`. No public specification; see nmap's script fox-info. */
export function parse(bytes: Uint8Array): Outcome<FoxHello> {
  const agreement = startsWith(bytes, mark);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes);
  const available = reader.remaining;
  const line = reader.line(128);
  if (line === undefined) return available < 128 ? { kind: "incomplete" } : mismatch;
  if (!/^fox a -?\d{1,9} -?\d{1,9} fox hello$/.test(line)) return mismatch;
  const facts = new Map<string, string>();
  let ended = false;
  for (let lines = 0; lines < maxLines && !ended; lines++) {
    const entry = reader.line(1024);
    if (entry === undefined) break;
    ended = entry === "};;";
    // `hostName=s:desk-7`: a name, a type, a value.
    const [, name = "", value = ""] = /^([\w.]{1,64})=[a-z]:(.*)$/.exec(entry) ?? [];
    if (name !== "" && isPlain(value)) facts.set(name, fact(value));
  }
  const foxVersion = facts.get("fox.version");
  const hostName = facts.get("hostName");
  const application = facts.get("app.name");
  return match(
    {
      foxVersion,
      hostName,
      application,
    },
    ended,
  );
}

export const fox = protocol({
  name: "fox",
  strength: "strong",
  firstBytes: anyOf("f"),
  parse,
  describe: (value) => ({ fox: { ...value } }),
});
