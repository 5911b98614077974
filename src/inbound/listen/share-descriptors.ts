import { HarbingerError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Listener } from "./listener.ts";

/** Open files left to the rest of the program: database, mail, scans, the dashboard. */
const reserved = 128;

export interface DescriptorBudget {
  /** Files and sockets that this process may have open at once, and has. */
  readonly limit: number;
  readonly open: number;
}

/**
 * Lowers the connection limits of listeners that are open so that, together, they fit into the files that the process
 * may still open: it must not come to where the system can accept no more.
 * @throws HarbingerError `config` where there is room for next to none
 */
export function shareDescriptors(listeners: readonly Listener[], budget: DescriptorBudget, log: Log): void {
  const available = budget.limit - budget.open - reserved;
  const wanted = listeners.reduce((sum, listener) => sum + listener.connectionLimit, 0);
  if (wanted <= available) return;
  const remedy = "Raise the limit on open files: `ulimit -n 65536`, or LimitNOFILE=65536 in the systemd unit.";
  if (available < listeners.length) {
    throw new HarbingerError("config", `the limit of ${budget.limit} open files leaves no room for connections`, {
      remedy,
    });
  }
  for (const listener of listeners) {
    listener.lowerConnectionLimit(Math.max(1, Math.floor((listener.connectionLimit * available) / wanted)));
  }
  log.warn(`fewer connections at once than configured: ${remedy}`, {
    configured: wanted,
    possible: available,
    openFiles: budget.limit,
  });
}
