import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import type { Log } from "../core/log.ts";
import { furtherConnections } from "../daemon/connection-line-limit.ts";

const periodMs = 10_000;
/** Maximum number of lines per period: keeps the log readable, and a flood cannot fill the disk. */
const maxLines = 100;

/** Logs each connection on a line; in a flood, the first ones of each ten seconds and then one line with the number. */
export class ConnectionLines {
  readonly #log: Log;
  readonly #clock: Clock;
  #endsAt = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #more = 0;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  readonly add = ({ peer, local, bytes, end, listener, identification }: Connection): void => {
    const now = this.#clock.monotonic();
    if (now >= this.#endsAt) {
      this.#endsAt = now + periodMs;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines > maxLines) {
      this.#more += 1;
      if (this.#more === 1) void this.#clock.sleep(this.#endsAt - now).then(() => this.flush());
      return;
    }
    this.#log.info("connection", {
      listener,
      peer: peer.address,
      port: local.port,
      protocol: identification.protocol,
      bytes,
      end,
    });
  };

  /** Logs the number of connections without a line. */
  flush(): void {
    const count = this.#more;
    this.#more = 0;
    if (count > 0) this.#log.info(furtherConnections, { count });
  }
}
