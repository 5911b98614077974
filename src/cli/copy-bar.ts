import { SingleBar } from "cli-progress";

/** A copy that takes less time needs no progress bar. */
const silentMs = 1000;
const lineEveryMs = 10_000;

/** Shows the progress of a copy on standard error: a bar on a terminal, otherwise a line every ten seconds. */
export class CopyBar implements Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #what: string;
  readonly #bar: SingleBar | undefined;
  readonly #startedAt = performance.now();
  #lastLineAt = performance.now();
  #isStarted = false;

  /** @param what the start of the line: `copying the database` */
  constructor(stream: NodeJS.WriteStream, what: string) {
    this.#stream = stream;
    this.#what = what;
    this.#bar =
      stream.isTTY === true
        ? new SingleBar({
            stream,
            format: `${what} {bar} {percentage}%`,
            barsize: 24,
            hideCursor: true,
            clearOnComplete: true,
            linewrap: false,
          })
        : undefined;
  }

  update(done: number, total: number): void {
    const now = performance.now();
    if (total <= 0 || now - this.#startedAt < silentMs) return;
    if (this.#bar === undefined) {
      if (now - this.#lastLineAt < lineEveryMs) return;
      this.#lastLineAt = now;
      this.#stream.write(`${this.#what}: ${Math.floor((100 * done) / total)} %\n`);
    } else if (this.#isStarted) this.#bar.update(done);
    else {
      this.#isStarted = true;
      this.#bar.start(total, done);
    }
  }

  [Symbol.dispose](): void {
    if (this.#isStarted) this.#bar?.stop();
  }
}
