import { SingleBar } from "cli-progress";
import type { ScanProgress } from "../core/scan-engine.ts";
import { grouped } from "../present/text/grouped.ts";
import { plural } from "../present/text/plural.ts";

/** Shows the progress of a scan on standard error. */
export interface ProgressDisplay extends Disposable {
  update(progress: ScanProgress): void;
}

export const noProgress: ProgressDisplay = { update() {}, [Symbol.dispose]() {} };

/** A live bar on a terminal: share, rate, open ports and time left. Otherwise a line every ten seconds. */
export function showProgress(stream: NodeJS.WriteStream): ProgressDisplay {
  return stream.isTTY === true ? new LiveBar(stream) : new ProgressLines(stream);
}

class LiveBar implements ProgressDisplay {
  readonly #bar: SingleBar;
  readonly #startedAt = performance.now();
  #isStarted = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#bar = new SingleBar({
      stream,
      format: "{bar} {percentage}%  {value}/{total}  {rate}/s  {found} open  {left}",
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      fps: 8,
      formatValue: (value, _options, type) => (type === "value" || type === "total" ? grouped(value) : String(value)),
    });
  }

  update(progress: ScanProgress): void {
    if (progress.total === undefined) return;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = seconds > 0 ? progress.done / seconds : 0;
    const payload = {
      rate: grouped(Math.round(rate)),
      found: progress.found,
      left: timeLeft(progress),
    };
    if (this.#isStarted) this.#bar.update(progress.done, payload);
    else this.#bar.start(progress.total, progress.done, payload);
    this.#isStarted = true;
  }

  [Symbol.dispose](): void {
    if (this.#isStarted) this.#bar.stop();
  }
}

const lineEveryMs = 10_000;

class ProgressLines implements ProgressDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #lastLineAt = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  update(progress: ScanProgress): void {
    const now = performance.now();
    if (now - this.#lastLineAt < lineEveryMs) return;
    this.#lastLineAt = now;
    this.#stream.write(`${progressText(progress, (now - this.#startedAt) / 1000)}\n`);
  }

  [Symbol.dispose](): void {}
}

/** `2,000 of 50,000 probed, 3 open ports, 200/s, about 12 min left`. */
export function progressText(progress: ScanProgress, seconds: number): string {
  const share = progress.total === undefined ? "" : ` of ${grouped(progress.total)}`;
  const rate = grouped(Math.round(progress.done / seconds));
  const parts = [`${grouped(progress.done)}${share} probed`, plural(progress.found, "open port"), `${rate}/s`];
  const left = timeLeft(progress);
  return (left === "" ? parts : [...parts, left]).join(", ");
}

/** `about 12 min left`; empty if unknown. */
function timeLeft({ leftMs }: ScanProgress): string {
  return leftMs === undefined ? "" : `about ${formatSeconds(leftMs / 1000)} left`;
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 90) return `${Math.max(0, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
