import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, startsWith } from "../reader.ts";

/**
 * The three letters that members of a Hazelcast cluster send first and that the other side returns. A port for another purpose
 * returns other letters. https://github.com/hazelcast/hazelcast, com.hazelcast.internal.nio.Protocols
 */
export const hazelcastHello = ascii("HZC");
const unexpected = ascii("HZX");

/** com.hazelcast.internal.nio.Protocols: CLUSTER and UNEXPECTED_PROTOCOL. */
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
