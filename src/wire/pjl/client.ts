import { fact, isPlain } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** A printer job, or a query to a printer (raw printing, port 9100). */
export interface PjlCommand {
  /** The first command after `@PJL`: `INFO ID`. */
  readonly command?: string;
}

const exit = ascii("\u001b%-12345X");
const mark = ascii("@PJL");

/** Proof: `@PJL`, usually after the Universal Exit Language sequence. HP, "Printer Job Language Technical Reference", chapter 2. */
export function parse(bytes: Uint8Array): Outcome<PjlCommand> {
  const leading = startsWith(bytes, exit);
  if (leading === "incomplete" && bytes.length < exit.length) return incomplete;
  const start = leading === "match" ? exit.length : 0;
  const agreement = startsWith(bytes, mark, start);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, start + mark.length);
  const available = reader.remaining;
  const line = reader.line(512);
  if (line === undefined) return available < 512 ? match({}, false) : mismatch;
  if (!/^(?:$|\s)/.test(line) || !isPlain(line.replaceAll("\t", " "))) return mismatch;
  const command = fact(line.trim());
  return match(command === "" ? {} : { command });
}

export const pjl = protocol({
  name: "pjl",
  strength: "strong",
  firstBytes: anyOf("\u001b@"),
  parse,
  describe: (value) => ({ pjl: { ...value } }),
});
