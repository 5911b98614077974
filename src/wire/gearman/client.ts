import { readCommandLine } from "../command-line.ts";
import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** What a client or a worker asks of a job server of Gearman. */
export interface GearmanRequest {
  /** `submit-job`, `can-do`; of an administrator's line, its word. */
  readonly command: string;
  /** The function that is wanted or offered. */
  readonly function?: string | undefined;
}

const magic = ascii("\0REQ");
/** https://gearman.org/protocol/: the types that a client or a worker sends. */
const types: Readonly<Record<number, string>> = {
  1: "can-do",
  2: "cant-do",
  3: "reset-abilities",
  4: "pre-sleep",
  7: "submit-job",
  9: "grab-job",
  15: "get-status",
  16: "echo",
  18: "submit-job-background",
  21: "submit-job-high",
  22: "set-client-id",
  23: "can-do-timeout",
  24: "all-yours",
  26: "option",
  30: "grab-job-uniq",
  32: "submit-job-high-background",
  33: "submit-job-low",
  34: "submit-job-low-background",
  39: "grab-job-all",
};
const withFunction: ReadonlySet<number> = new Set([1, 2, 7, 18, 21, 23, 32, 33, 34]);
const adminWords: ReadonlySet<string> = new Set(
  "CANCEL CREATE DROP GETPID MAXQUEUE PRIORITYSTATUS SHOW SHUTDOWN STATUS VERBOSE VERSION WORKERS".split(" "),
);
const maximumFunctionBytes = 512;

/** Proof: a NUL, `REQ` and a known type. */
export function parse(bytes: Uint8Array): Outcome<GearmanRequest> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const type = reader.u32();
  if (reader.overrun) return incomplete;
  const command = types[type];
  if (command === undefined) return mismatch;
  const length = reader.u32();
  if (reader.overrun) return match({ command }, false);
  const body = reader.view(length);
  if (!withFunction.has(type)) return match({ command }, !body.cut);
  const end = body.find(0, maximumFunctionBytes);
  // Without a NUL the function is all there is.
  if (end === -1 && body.cut) return match({ command }, false);
  const name = end === -1 ? body.text(Math.min(body.remaining, maximumFunctionBytes)) : body.text(end - body.offset);
  return match({ command, function: nonEmptyFact(name) }, !body.cut);
}

/** Where Gearman is expected, an administrator's line too. */
export function parseExpected(bytes: Uint8Array): Outcome<GearmanRequest> {
  const proven = parse(bytes);
  if (proven.kind !== "mismatch") return proven;
  const line = readCommandLine(new Reader(bytes), adminWords);
  if (line.kind !== "match") return line;
  return line.value.ended ? match({ command: line.value.verb.toLowerCase() }) : incomplete;
}

export const gearman = protocol({
  name: "gearman",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  parseExpected,
  describe: (value) => ({ gearman: { ...value } }),
});
