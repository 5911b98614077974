import type { Clock } from "../../core/clock.ts";
import type { Audience } from "../../core/delivery.ts";
import type { ExaminationStore, ExaminedService } from "../../core/examination.ts";
import type { Log } from "../../core/log.ts";
import { type Examined, keyText } from "./candidates.ts";
import { type Compared, type CompareOptions, compare } from "./compare/compare.ts";
import { evidenceOf, Neighbours } from "./evidence.ts";
import { isUnreached } from "./is-unreached.ts";

/** Maximum services in one transaction. A crash loses at most these, and the next run examines them again. */
const batchSize = 50;

/** How long a finished service waits for others. */
const batchAgeMs = 2000;

export interface RecorderOptions {
  readonly watch: string;
  readonly audiences: readonly Audience[];
  readonly store: ExaminationStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares results with the memory of the watch and stores both, one batch after the other, so that each batch reads the memory
 * that the one before it wrote.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  #batch: Examined[] = [];
  #batchBegan = 0;
  #recorded: Promise<void> = Promise.resolve();
  #services = 0;
  #news = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** So far. */
  get counts(): { readonly services: number; readonly news: number } {
    return { services: this.#services, news: this.#news };
  }

  /** @throws HarbingerError where the store fails; the services of the batch are due again */
  async add(examined: Examined): Promise<void> {
    const { clock } = this.#options;
    if (this.#batch.length === 0) this.#batchBegan = clock.monotonic();
    this.#batch.push(examined);
    if (this.#batch.length >= batchSize || clock.monotonic() - this.#batchBegan >= batchAgeMs) await this.flush();
  }

  /** Stores the current batch. */
  flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const recorded = this.#recorded.then(() => this.#record(batch));
    // Only the caller of this batch gets its failure.
    this.#recorded = recorded.catch(() => {});
    return recorded;
  }

  async #record(batch: readonly Examined[]): Promise<void> {
    if (batch.length === 0) return;
    const { watch, audiences, store, clock, log } = this.#options;
    const memories = await this.#remembered(batch);
    const at = clock.now();
    const compared = batch.map((examined): [Examined, Compared] => {
      const key = keyText(examined.key);
      const outcome = compare(memories.get(key), examined.results, { now: at, presence: presenceOf(examined) });
      memories.set(key, outcome.memory);
      return [examined, outcome];
    });
    const neighbours = new Neighbours(store, compared);
    const services: ExaminedService[] = [];
    for (const [examined, { memory, news, found }] of compared) {
      const { key, discoveries } = examined;
      const results = examined.results.map((result) =>
        isUnreached(result) ? { ...result, isUnreached: true as const } : result,
      );
      const service = { ...key, ...found, results, memory, news };
      if (discoveries.length === 0) {
        services.push(service);
        continue;
      }
      const text = evidenceOf(examined, await neighbours.of(examined, found.chain));
      services.push({ ...service, evidence: { discoveries: discoveries.map(({ id }) => id), text } });
    }
    const news = await store.record({ watch, at, services, audiences });
    this.#news += news;
    this.#services += batch.length;
    log.debug("recorded what checks found", { watch, services: batch.length, news });
  }

  async #remembered(batch: readonly Examined[]): Promise<Map<string, string>> {
    const { watch, store } = this.#options;
    const remembered = await store.remembered({ watch, services: batch.map(({ key }) => key) });
    return new Map(remembered.map((service) => [keyText(service), service.memory]));
  }
}

function presenceOf({ discoveries }: Examined): CompareOptions["presence"] {
  return (["new", "returned"] as const).find((presence) => discoveries.some(({ kind }) => kind === presence));
}
