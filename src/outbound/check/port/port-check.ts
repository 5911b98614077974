import type { Check, CheckResult } from "../../../core/check.ts";
import { Deadline } from "../../probe/deadline.ts";
import { dial } from "../../probe/dial.ts";
import { dialText } from "../../probe/dial-text.ts";

/** Does a full TCP handshake succeed? The connection is closed at once; nothing is sent. */
export function createPortCheck(): Check {
  return {
    name: "port",
    description: "whether the port accepts connections: port is open, closed or timed out",
    options: [],
    async run({ host, port, timeoutMs }, signal): Promise<CheckResult> {
      using deadline = new Deadline(timeoutMs, signal);
      const startedAt = performance.now();
      const dialed = await dial({ host, port }, deadline);
      if (dialed.kind !== "connected") {
        const { kind: state, reason } = dialed;
        return { check: "port", passed: false, output: dialText(dialed), facts: { state, reason } };
      }
      using connection = dialed.connection;
      const connectMs = Math.round((performance.now() - startedAt) * 10) / 10;
      return {
        check: "port",
        passed: true,
        output: "port is open",
        facts: { state: "open", address: connection.address, connectMs },
      };
    },
  };
}
