import type { Clock } from "../core/clock.ts";

const periodMs = 10_000;
/** Maximum connection lines per period: more would push everything else off the screen. */
const maxLines = 10;

const isConnection = /"msg":"connection"/;
/** The message of a log line with the number of connections that have no line of their own. */
export const furtherConnections = "further connections, not logged one by one";
const isNumberOfMore = new RegExp(`"msg":"${furtherConnections}"`);

export interface ConnectionLineLimitOptions {
  readonly clock: Clock;
  readonly write: (json: string) => void;
}

/**
 * Keeps the connections to decoys on a terminal to ten lines in ten seconds, then prints the number of the rest. Log lines
 * are received as JSON; other lines pass unchanged.
 */
export class ConnectionLineLimit implements Disposable {
  readonly #clock: Clock;
  readonly #write: (json: string) => void;
  readonly #ended = new AbortController();
  #endsAt = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #more = 0;

  constructor({ clock, write }: ConnectionLineLimitOptions) {
    this.#clock = clock;
    this.#write = write;
  }

  readonly write = (json: string): void => {
    const count = countOf(json);
    if (count === 0) {
      this.#write(json);
      return;
    }
    const now = this.#clock.monotonic();
    if (now >= this.#endsAt) {
      this.#flush();
      this.#endsAt = now + periodMs;
      this.#lines = 0;
    }
    if (count === 1 && this.#lines < maxLines) {
      this.#lines += 1;
      this.#write(json);
      return;
    }
    if (this.#more === 0) this.#flushLater(this.#endsAt - now);
    this.#more += count;
  };

  #flushLater(afterMs: number): void {
    void this.#clock.sleep(afterMs, this.#ended.signal).then(() => this.#flush());
  }

  #flush(): void {
    const count = this.#more;
    this.#more = 0;
    if (count === 0) return;
    const time = new Date(this.#clock.now()).toISOString();
    this.#write(`${JSON.stringify({ level: 30, time, count, msg: "further connections, not shown here" })}\n`);
  }

  [Symbol.dispose](): void {
    this.#flush();
    this.#ended.abort();
  }
}

/** Connections that a line represents; 0 for other lines. A quote within a value is escaped in JSON. */
function countOf(json: string): number {
  if (isConnection.test(json)) return 1;
  if (!isNumberOfMore.test(json)) return 0;
  const count = /"count":(\d{1,12})/.exec(json)?.[1];
  return Math.max(2, Number(count ?? 2));
}
