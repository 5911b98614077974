import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import type { Log } from "../core/log.ts";

const periodMs = 10_000;
/** Lines in one period at most: the log is for reading, and must not fill the disk. */
const mostLines = 100;

/** A line in the log for each connection; in a flood for the first of each ten seconds, and then one with their number. */
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
    if (this.#lines > mostLines) {
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

  /** Says how many had no line of their own. */
  flush(): void {
    const count = this.#more;
    this.#more = 0;
    if (count > 0) this.#log.info("more connections than are logged one by one", { count });
  }
}
