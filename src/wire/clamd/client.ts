import { readCommandLine } from "../command-line.ts";
import { isPlain, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { latin1, Reader, wireText } from "../reader.ts";

/** The command of a client of ClamAV's daemon. */
export interface ClamdCommand {
  /** `PING`, `INSTREAM`, `SCAN`. */
  readonly command: string;
  /** The path to scan. */
  readonly path?: string | undefined;
}

const commands: ReadonlySet<string> = new Set(
  "ALLMATCHSCAN CONTSCAN DETSTATS END FILDES IDSESSION INSTREAM MULTISCAN PING RELOAD SCAN SHUTDOWN STATS VERSION VERSIONCOMMANDS".split(
    " ",
  ),
);
const maxBytes = 1024;

/** Proof: `z`, a command and a NUL, or `n`, a command and a line feed. clamd(8). */
export function parse(bytes: Uint8Array): Outcome<ClamdCommand> {
  const first = bytes[0];
  if (first === undefined) return incomplete;
  if (first !== 0x7a && first !== 0x6e) return mismatch;
  const delimiter = first === 0x7a ? 0x00 : 0x0a;
  const end = bytes.subarray(0, maxBytes).indexOf(delimiter);
  if (end === -1)
    return mayBecome(latin1(bytes, 1, Math.min(bytes.length, 64))) && bytes.length < maxBytes ? incomplete : mismatch;
  return readCommand(wireText(bytes.subarray(1, end)));
}

/** If clamd is expected: also a command in the older form, a plain line. clamd(8). */
export function parseExpected(bytes: Uint8Array): Outcome<ClamdCommand> {
  const proven = parse(bytes);
  if (proven.kind !== "mismatch") return proven;
  const line = readCommandLine(new Reader(bytes), commands);
  if (line.kind !== "match") return line;
  const { verb, argument, ended } = line.value;
  return ended ? readCommand(`${verb} ${argument}`.trim()) : incomplete;
}

function readCommand(text: string): Outcome<ClamdCommand> {
  const space = text.indexOf(" ");
  const command = space === -1 ? text : text.slice(0, space);
  if (!commands.has(command)) return mismatch;
  const path = space === -1 ? "" : text.slice(space + 1).trim();
  return isPlain(path) ? match({ command, path: nonEmptyFact(path) }) : mismatch;
}

function mayBecome(text: string): boolean {
  for (const command of commands) if (command.startsWith(text) || text.startsWith(`${command} `)) return true;
  return false;
}

export const clamd = protocol({
  name: "clamd",
  strength: "medium",
  firstBytes: anyOf("nz"),
  parse,
  parseExpected,
  describe: (value) => ({ clamd: { ...value } }),
});
