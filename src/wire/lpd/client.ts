import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader, wireText } from "../reader.ts";

/** A command for a line printer daemon. */
export interface LpdCommand {
  readonly command: string;
  readonly queue: string;
}

const commands = ["", "print-waiting", "receive-job", "queue-state", "queue-state-long", "remove-jobs"];
const maxLineBytes = 128;

/** Weak: a byte from 1 to 5, the name of a queue, a line feed. RFC 1179 section 5. */
export function parse(bytes: Uint8Array): Outcome<LpdCommand> {
  const reader = new Reader(bytes);
  const command = commands[reader.u8()];
  if (reader.overrun) return incomplete;
  if (command === undefined || command === "") return mismatch;
  const available = reader.remaining;
  const line = reader.line(maxLineBytes);
  if (line === undefined) {
    return available < maxLineBytes && isQueueText(wireText(reader.take(available), true)) ? incomplete : mismatch;
  }
  const queue = /^([\p{L}][\p{L}\p{N}_.-]{0,63})(?: [\p{L}\p{N}_. -]*)?$/u.exec(line)?.[1];
  return queue === undefined ? mismatch : match({ command, queue });
}

function isQueueText(text: string): boolean {
  return /^[\p{L}\p{N}_. -]*$/u.test(text);
}

export const lpd = protocol({
  name: "lpd",
  strength: "weak",
  firstBytes: oneOf(1, 2, 3, 4, 5),
  parse,
  describe: (value) => ({ lpd: { ...value } }),
});
