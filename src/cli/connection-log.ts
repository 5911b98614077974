import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import { describeIdentification, endpointText } from "../present/connections/connection-words.ts";

/** What a line waits for company, and how many characters do. */
const gatherMs = 50;
const longestBatch = 64 * 1024;

/**
 * A line for each connection, in the form of the log. In a flood the log itself would cost three times what all the rest
 * does, so these lines are written by the batch: a crash may cost the last of them, which the database has all the same.
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
    if (this.#batch.length > longestBatch) this.flush();
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
