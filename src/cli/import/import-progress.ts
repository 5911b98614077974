import { SingleBar } from "cli-progress";

/** Shows the progress of an import on standard error. */
export interface ImportProgress extends Disposable {
  /** Starts a step such as `reading scan.xml`, with its number of bytes or records. */
  begin(step: string, total: number): void;
  add(amount: number): void;
}

const lineEveryMs = 10_000;

/** A bar on a terminal, otherwise a line every ten seconds. */
export function importProgress(stream: NodeJS.WriteStream): ImportProgress {
  return stream.isTTY === true ? new Bar(stream) : new Lines(stream);
}

export const silentProgress: ImportProgress = { begin() {}, add() {}, [Symbol.dispose]() {} };

class Bar implements ImportProgress {
  readonly #bar: SingleBar;
  #isStarted = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#bar = new SingleBar({
      stream,
      format: "{bar} {percentage}%  {step}",
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      fps: 8,
    });
  }

  begin(step: string, total: number): void {
    this[Symbol.dispose]();
    this.#bar.start(Math.max(total, 1), 0, { step });
    this.#isStarted = true;
  }

  add(amount: number): void {
    this.#bar.increment(amount);
  }

  [Symbol.dispose](): void {
    if (this.#isStarted) this.#bar.stop();
    this.#isStarted = false;
  }
}

class Lines implements ImportProgress {
  readonly #stream: NodeJS.WriteStream;
  #step = "";
  #total = 0;
  #done = 0;
  #lastLineAt = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  begin(step: string, total: number): void {
    this.#step = step;
    this.#total = total;
    this.#done = 0;
  }

  add(amount: number): void {
    this.#done += amount;
    const now = performance.now();
    if (now - this.#lastLineAt < lineEveryMs) return;
    this.#lastLineAt = now;
    const share = this.#total === 0 ? 100 : Math.min(100, Math.floor((this.#done * 100) / this.#total));
    this.#stream.write(`${this.#step}: ${share} %\n`);
  }

  [Symbol.dispose](): void {}
}
