import { readWholeCommandLine } from "../command-line.ts";
import { nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The first request of a client or worker to a Gearman job server. */
export interface GearmanRequest {
  /** `submit-job`, `can-do`; or the word of an administrative command. */
  readonly command: string;
  /** The function that is requested or offered. */
  readonly function?: string | undefined;
}

const magic = ascii("\0REQ");
/** The packet types that a client or a worker sends. https://gearman.org/protocol/ */
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
const maxFunctionBytes = 512;

/** Proof: a NUL, `REQ` and a known type. https://gearman.org/protocol/ */
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
  const end = body.find(0, maxFunctionBytes);
  // Without a NUL the body is the name of the function.
  if (end === -1 && body.cut) return match({ command }, false);
  const name = end === -1 ? body.text(Math.min(body.remaining, maxFunctionBytes)) : body.text(end - body.offset);
  return match({ command, function: nonEmptyFact(name) }, !body.cut);
}

/** If Gearman is expected: also an administrative command. https://gearman.org/protocol/, "Administrative Protocol". */
export function parseExpected(bytes: Uint8Array): Outcome<GearmanRequest> {
  const proven = parse(bytes);
  if (proven.kind !== "mismatch") return proven;
  const line = readWholeCommandLine(new Reader(bytes), adminWords);
  return line.kind === "match" ? match({ command: line.value.verb.toLowerCase() }) : line;
}

export const gearman = protocol({
  name: "gearman",
  strength: "strong",
  firstBytes: oneOf(0),
  parse,
  parseExpected,
  describe: (value) => ({ gearman: { ...value } }),
});
