import { HarbingerError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Listener } from "./listener.ts";

/** Open files reserved for the rest of the program: database, mail, scans, the dashboard. */
const reserved = 128;

export interface DescriptorBudget {
  /** Maximum number of open files and sockets of this process. */
  readonly limit: number;
  readonly open: number;
}

/**
 * Lowers the connection limits of open listeners in proportion, so that all of them together fit into the number of
 * files that the process may still open. Otherwise the system could fail to accept.
 * @throws HarbingerError `config` where there is room for less than one connection per listener
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
  log.warn(`lowered the connection limit to fit the limit on open files. ${remedy}`, {
    configured: wanted,
    possible: available,
    openFiles: budget.limit,
  });
}
