import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, startsWith } from "../reader.ts";

/**
 * How members of a Hazelcast cluster begin: three letters, which the other side returns. A port that is for something else
 * returns others. https://github.com/hazelcast/hazelcast, com.hazelcast.internal.nio.Protocols
 */
export const hazelcastHello = ascii("HZC");
const unexpected = ascii("HZX");

export function parseHazelcastAnswer(bytes: Uint8Array): Outcome<"member" | "other-port"> {
  const first = bytes.subarray(0, hazelcastHello.length);
  for (const [letters, value] of [
    [hazelcastHello, "member"],
    [unexpected, "other-port"],
  ] as const) {
    const start = startsWith(first, letters);
    if (start === "match") return match(value);
    if (start === "incomplete") return incomplete;
  }
  return mismatch;
}
