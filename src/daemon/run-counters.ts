import type { Clock } from "../core/clock.ts";
import type { Connection } from "../core/connection.ts";
import { coverageRatio, coverageSize } from "../core/coverage.ts";
import type { DiscoveryKind } from "../core/discovery-kinds.ts";
import { HarbingerError } from "../core/errors.ts";
import type { StoreEvent } from "../core/event.ts";
import type { Log } from "../core/log.ts";
import { OutageLog } from "../core/outage-log.ts";
import { wasStopped } from "../core/stopped.ts";
import type { Store } from "../core/store.ts";
import { watchEvents } from "../core/watch-events.ts";
import type { RunSummary } from "../outbound/flow.ts";
import type { Counted, Figures, WatchFigures } from "../web/metrics/figures.ts";

/** After the database failed, the feed is read again. */
const readAgainMs = 5000;

/**
 * Counts for the metrics what the program did since its start. The counts are kept in memory; names are from the configuration or
 * from fixed lists, so that they are few.
 */
export class RunCounters {
  readonly #connections = new Tally<Figures["connections"][number]["labels"]>();
  readonly #scans = new Tally<{ watch: string; status: string }>();
  readonly #discoveries = new Tally<{ kind: DiscoveryKind }>();
  readonly #ended = new Tally<{ channel: string; state: "delivered" | "dead" }>();
  readonly #last = new Map<string, { endedAt: number; durationMs: number }>();
  readonly #coverage = new Map<string, { coveredEndpoints: number | undefined; coverage: number | undefined }>();
  #alerts = 0;
  #following: Promise<void> | undefined;

  connection({ listener, identification: { protocol }, end }: Connection): void {
    this.#connections.add({ listener, protocol, end });
  }

  alerted(count: number): void {
    this.#alerts += count;
  }

  ran({ ran }: RunSummary): void {
    for (const { watch, result } of ran) {
      // Somebody wanted it: it tells nothing about what can be scanned.
      if (wasStopped(result.reason)) continue;
      const size = coverageSize(result.coverage);
      const coveredEndpoints = size === undefined ? undefined : Number(size);
      this.#coverage.set(watch.name, { coveredEndpoints, coverage: coverageRatio(result.coverage) });
    }
  }

  /** Starts to count what the feed has from now on, unless it is counted already. Ends when `signal` is aborted. */
  follow(options: FollowOptions): Promise<void> {
    this.#following ??= this.#follow(options);
    return this.#following;
  }

  /** Resolves when nothing is read from the feed any more. */
  async ended(): Promise<void> {
    await this.#following;
  }

  async #follow(options: FollowOptions): Promise<void> {
    const { store, clock, signal } = options;
    const outage = new OutageLog({
      ...options,
      fails: "cannot read events for the metrics; retrying",
      works: "events for the metrics can be read again",
    });
    let after: StoreEvent["id"] | undefined;
    while (!signal.aborted) {
      try {
        after ??= await store.events.latest();
        const kinds = ["scan", "discovery", "delivery"] as const;
        for await (const batch of watchEvents({ events: store.events, after, kinds, clock, signal })) {
          outage.worked();
          for (const event of batch) {
            this.#count(event);
            after = event.id;
          }
        }
      } catch (error) {
        outage.failed(error);
        // Another database is behind the same name now: PostgreSQL was restored from an older backup.
        if (error instanceof HarbingerError && error.code === "usage") after = undefined;
        await clock.sleep(readAgainMs, signal);
      }
    }
  }

  /** The counts, and of the last scan of a watch what is known. */
  get figures() {
    return {
      connections: this.#connections.counted,
      alerts: this.#alerts,
      scans: this.#scans.counted,
      discoveries: this.#discoveries.counted,
      ended: this.#ended.counted,
    };
  }

  lastScanOf(watch: string): WatchFigures["last"] {
    const last = this.#last.get(watch);
    return last === undefined ? undefined : { ...last, ...this.#coverage.get(watch) };
  }

  #count(event: StoreEvent): void {
    if (event.kind === "discovery") this.#discoveries.add({ kind: event.discovery.kind });
    else if (event.kind === "delivery") {
      const { channel, state } = event.delivery;
      if (state === "delivered" || state === "dead") this.#ended.add({ channel, state });
    } else if (event.kind === "scan") {
      const { watch, status, startedAt, endedAt } = event.scan;
      if (status === "running") return;
      this.#scans.add({ watch, status });
      if (endedAt !== undefined) this.#last.set(watch, { endedAt, durationMs: Math.max(0, endedAt - startedAt) });
    }
  }
}

interface FollowOptions {
  readonly store: Pick<Store, "events">;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Counts by labels. */
class Tally<Labels extends Readonly<Record<string, string>>> {
  readonly #entries = new Map<string, { readonly labels: Labels; count: number }>();

  get counted(): readonly Counted<Labels>[] {
    return [...this.#entries.values()].map(({ labels, count }) => ({ labels, count }));
  }

  add(labels: Labels): void {
    const key = Object.values(labels).join("\0");
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, { labels, count: 1 });
    else entry.count += 1;
  }
}
