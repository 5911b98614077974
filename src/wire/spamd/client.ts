import { fact } from "../fact.ts";
import { readHeaderLines } from "../header-lines.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { initialsOf, protocol } from "../protocol.ts";
import { latin1, Reader } from "../reader.ts";

/** A request to SpamAssassin's daemon. */
export interface SpamdRequest {
  readonly command: string;
  readonly version: string;
  /** The user whose settings apply. */
  readonly user?: string | undefined;
}

const commands = ["CHECK", "HEADERS", "PING", "PROCESS", "REPORT", "REPORT_IFSPAM", "SYMBOLS", "TELL"];
const maxLineBytes = 64;
const headers: ReadonlySet<string> = new Set(["user"]);

/** Proof: a command and `SPAMC/` with a version. SpamAssassin, spamd/PROTOCOL. */
export function parse(bytes: Uint8Array): Outcome<SpamdRequest> {
  const reader = new Reader(bytes);
  const line = reader.line(maxLineBytes);
  if (line === undefined) {
    return bytes.length < maxLineBytes && mayBecome(latin1(bytes).replace(/\r$/, "")) ? incomplete : mismatch;
  }
  const [, command = "", version = ""] = /^([A-Z_]{1,16}) SPAMC\/(\d\.\d)$/.exec(line) ?? [];
  if (!commands.includes(command)) return mismatch;
  const { values, ended, malformed } = readHeaderLines(reader, headers);
  const user = values.get("user");
  const isWhole = ended || malformed || command === "PING";
  return match({ command, version, user: fact(user) }, isWhole);
}

function mayBecome(text: string): boolean {
  return commands.some((command) => {
    const line = `${command} SPAMC/`;
    return line.startsWith(text) || (text.startsWith(line) && /^\d?\.?\d?$/.test(text.slice(line.length)));
  });
}

export const spamd = protocol({
  name: "spamd",
  strength: "medium",
  firstBytes: initialsOf(commands),
  parse,
  describe: (value) => ({ spamd: { ...value } }),
});
