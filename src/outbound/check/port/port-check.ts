import * as z from "zod";
import { Deadline } from "../../probe/deadline.ts";
import { dial } from "../../probe/dial.ts";
import { dialText } from "../../probe/dial-text.ts";
import { defineCheck } from "../define-check.ts";

/** Whether a full TCP handshake succeeds. The connection is closed at once; nothing is sent. */
export const portCheck = defineCheck({
  name: "port",
  description: "whether the port accepts connections: port is open, closed or timed out",
  options: z.object({}),
  facts: z.object({
    /** `open`, or why there is no connection: `closed`, `filtered` ... */
    state: z.string(),
    reason: z.string().optional(),
    address: z.string().optional(),
    connectMs: z.number().optional(),
  }),
  sample: { words: "192.168.1.7 22", output: "port is open" },
  // A closed port answers at once; only silence takes this long.
  timeoutMs: 5000,
  async run({ host, port, timeoutMs }, signal) {
    using deadline = new Deadline(timeoutMs, signal);
    const startedAt = performance.now();
    const dialed = await dial({ host, port }, deadline);
    if (dialed.kind !== "connected") {
      const { kind: state, reason } = dialed;
      // The words of the earlier tool, which scripts compare.
      const output = state === "filtered" ? "port is timed out" : dialText(dialed);
      return { passed: false, output, facts: { state, reason } };
    }
    using connection = dialed.connection;
    const connectMs = Math.round((performance.now() - startedAt) * 10) / 10;
    return {
      passed: true,
      output: "port is open",
      facts: { state: "open", address: connection.address, connectMs },
    };
  },
});
