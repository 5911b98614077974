import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import { endpointText } from "../present/connections/connection-words.ts";
import { describeIdentification } from "../present/connections/identification-words.ts";

/** Limits of a batch: how long a line waits, and how many characters are gathered. */
const gatherMs = 50;
const maxBatchLength = 64 * 1024;

/**
 * Writes one line per connection, in the format of the log. In a flood, separate writes would need three times as much processor
 * time as everything else, so lines are written in batches. A crash can lose the last lines, but the database has the connections.
 */
export class ConnectionLog {
  readonly #clock: Clock;
  readonly #stamp: (at: number) => string;
  readonly #write: (text: string) => void;
  #batch = "";
  #second = Number.NaN;
  #time = "";

  /** @param stamp an instant (milliseconds since the epoch) as the log shows it */
  constructor(clock: Clock, stamp: (at: number) => string, write: (text: string) => void) {
    this.#clock = clock;
    this.#stamp = stamp;
    this.#write = write;
  }

  readonly add = ({ at, peer, local, bytes, durationMs, identification }: Connection): void => {
    if (this.#batch === "") void this.#clock.sleep(gatherMs).then(() => this.flush());
    const facts = {
      peer: endpointText(peer),
      port: local.port,
      bytes,
      ms: durationMs,
      detected: identification.protocol,
      about: describeIdentification(identification) || undefined,
    };
    this.#batch += `[${this.#timeOf(at)}] INFO: connection ${JSON.stringify(facts)}\n`;
    if (this.#batch.length > maxBatchLength) this.flush();
  };

  flush(): void {
    const text = this.#batch;
    this.#batch = "";
    if (text !== "") this.#write(text);
  }

  #timeOf(at: number): string {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = this.#stamp(at);
    }
    return this.#time;
  }
}
