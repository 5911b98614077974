/** The text of `/metrics`: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type Backlog, countIn } from "../../core/store.ts";
import { shownState } from "../../present/deliveries/shown-state.ts";
import type { Counted, Figures } from "./figures.ts";

/** A scrape within this time after another one gets the same text. */
const cacheMs = 1000;
/** The delay of the event loop is measured this often. */
const lagEveryMs = 100;

/** Of the library: gauges with the name of a counter, which `promtool check metrics` rejects. */
const misnamed = ["nodejs_active_resources_total", "nodejs_active_handles_total", "nodejs_active_requests_total"];

export interface MetricsOptions {
  readonly version: string;
  readonly figures: () => Promise<Figures>;
  /** Does not run backwards. */
  readonly monotonic: () => number;
}

/** Nothing is measured before the first scrape; what is counted is counted elsewhere. */
export class Metrics {
  readonly #options: MetricsOptions;
  #registry: Registry | undefined;
  #show: ((figures: Figures) => void) | undefined;
  #last: { readonly at: number; readonly text: Promise<string> } | undefined;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  get contentType(): string {
    return Registry.PROMETHEUS_CONTENT_TYPE;
  }

  async text(): Promise<string> {
    const at = this.#options.monotonic();
    if (this.#last === undefined || at - this.#last.at > cacheMs) this.#last = { at, text: this.#measure() };
    return await this.#last.text;
  }

  async #measure(): Promise<string> {
    this.#registry ??= this.#create();
    this.#show?.(await this.#options.figures());
    return await this.#registry.metrics();
  }

  #create(): Registry {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagEveryMs });
    for (const name of misnamed) registry.removeSingleMetric(name);
    countSinceStart(registry);
    new Gauge({
      name: "harbinger_info",
      help: "Version of the program; the value is always 1.",
      labelNames: ["version"],
      registers: [registry],
    }).set({ version: this.#options.version }, 1);
    const shown = [...connectionMetrics(registry), ...scanMetrics(registry), ...deliveryMetrics(registry)];
    this.#show = (figures) => {
      for (const show of shown) show(figures);
    };
    return registry;
  }
}

/** The library counts processor time from the moment when its counters are made. */
function countSinceStart(registry: Registry): void {
  const { user, system } = process.cpuUsage();
  for (const [name, micros] of [
    ["process_cpu_user_seconds_total", user],
    ["process_cpu_system_seconds_total", system],
    ["process_cpu_seconds_total", user + system],
  ] as const) {
    const metric = registry.getSingleMetric(name);
    if (metric instanceof Counter) metric.inc(micros / 1e6);
  }
}

type Show = (figures: Figures) => void;

function connectionMetrics(registry: Registry): Show[] {
  return [
    counter(registry, {
      name: "harbinger_connections_total",
      help: "Connections to decoy ports that were recorded or are about to be.",
      labels: ["listener", "protocol", "end"],
      values: ({ connections }) => connections,
    }),
    counter(registry, {
      name: "harbinger_connections_accepted_total",
      help: "Connections that reached the decoy ports, whether they were recorded or not.",
      values: ({ accepting }) => single(accepting?.accepted),
    }),
    counter(registry, {
      name: "harbinger_connections_rejected_total",
      help: "Connections that were closed at once, by the reason: a limit, or the client reset it early.",
      labels: ["reason"],
      values: ({ accepting }) => [
        { labels: { reason: "over-limit" }, count: accepting?.overLimit ?? 0 },
        { labels: { reason: "aborted" }, count: accepting?.aborted ?? 0 },
      ],
    }),
    counter(registry, {
      name: "harbinger_connections_unrecorded_total",
      help: "Connections that were only counted: rejected ones past a limit, and those that the database could not take.",
      values: ({ accepting }) => single((accepting?.countedOnly ?? 0) + (accepting?.dropped ?? 0)),
    }),
    counter(registry, {
      name: "harbinger_accept_failures_total",
      help: "Times that the system failed to accept a connection.",
      values: ({ accepting }) => single(accepting?.acceptFailures),
    }),
    counter(registry, {
      name: "harbinger_connections_dropped_total",
      help: "Connections that the database could not take in time, which were only counted.",
      values: ({ accepting }) => single(accepting?.dropped),
    }),
    gauge(registry, {
      name: "harbinger_connections_open",
      help: "Connections to decoy ports that are open.",
      values: ({ accepting }) => single(accepting?.open),
    }),
    gauge(registry, {
      name: "harbinger_connections_unstored",
      help: "Connections that wait for the database.",
      values: ({ accepting }) => single(accepting?.waiting),
    }),
    counter(registry, {
      name: "harbinger_alerts_total",
      help: "Alerts, one for each recipient.",
      values: ({ alerts }) => single(alerts),
    }),
  ];
}

function scanMetrics(registry: Registry): Show[] {
  return [
    counter(registry, {
      name: "harbinger_scans_total",
      help: "Scans that ended, by watch and status.",
      labels: ["watch", "status"],
      values: ({ scans }) => scans,
    }),
    counter(registry, {
      name: "harbinger_discoveries_total",
      help: "Discoveries by kind.",
      labels: ["kind"],
      values: ({ discoveries }) => discoveries,
    }),
    gauge(registry, {
      name: "harbinger_watch_running",
      help: "Whether the watch runs: 1 or 0.",
      labels: ["watch"],
      values: ofWatches(({ isRunning }) => Number(isRunning)),
    }),
    gauge(registry, {
      name: "harbinger_watch_next_run_timestamp_seconds",
      help: "When the watch is due next.",
      labels: ["watch"],
      values: ofWatches(({ nextAt }) => seconds(nextAt)),
    }),
    gauge(registry, {
      name: "harbinger_scan_last_end_timestamp_seconds",
      help: "When the last scan of the watch ended.",
      labels: ["watch"],
      values: ofWatches(({ last }) => seconds(last?.endedAt)),
    }),
    gauge(registry, {
      name: "harbinger_scan_duration_seconds",
      help: "How long the last scan of the watch took.",
      labels: ["watch"],
      values: ofWatches(({ last }) => seconds(last?.durationMs)),
    }),
    gauge(registry, {
      name: "harbinger_scan_covered_endpoints",
      help: "Coverage: addresses and ports that the last scan of the watch that nobody stopped really probed, where the engine can tell.",
      labels: ["watch"],
      values: ofWatches(({ last }) => last?.coveredEndpoints),
    }),
    gauge(registry, {
      name: "harbinger_scan_coverage_ratio",
      help: "Part of what the last scan of the watch that nobody stopped was to probe that it really probed, 0 to 1, where the engine can tell.",
      labels: ["watch"],
      values: ofWatches(({ last }) => last?.coverage),
    }),
  ];
}

function deliveryMetrics(registry: Registry): Show[] {
  return [
    counter(registry, {
      name: "harbinger_deliveries_total",
      help: "Deliveries that were delivered or given up (dead), by channel.",
      labels: ["channel", "state"],
      values: ({ ended }) => ended,
    }),
    gauge(registry, {
      name: "harbinger_deliveries",
      help: "Deliveries that are not finished, and dead ones, by state.",
      labels: ["state"],
      values: ofStates(({ backlog = [] }, state) => countIn(backlog, state)),
    }),
    gauge(registry, {
      name: "harbinger_delivery_oldest_age_seconds",
      help: "Age of the oldest delivery in each state.",
      labels: ["state"],
      values: ofStates(oldestAge),
    }),
    gauge(registry, {
      name: "harbinger_channel_deliveries",
      help: "Deliveries that are not finished, and dead ones, by channel and state.",
      labels: ["channel", "state"],
      values: ofChannels((backlog, channel) =>
        states.map((state) => ({ labels: { channel, state: shownState(state) }, count: countIn(backlog, state) })),
      ),
    }),
    gauge(registry, {
      name: "harbinger_channel_oldest_waiting_seconds",
      help: "Age of the oldest delivery that waits for its first or next attempt, by channel; 0 if none does.",
      labels: ["channel"],
      values: ofChannels((backlog, channel, now) => [
        { labels: { channel }, count: oldestAge({ backlog, now }, "queued") },
      ]),
    }),
    gauge(registry, {
      name: "harbinger_store_up",
      help: "Whether the database answered a query of this scrape: 1 or 0.",
      values: ({ backlog }) => single(Number(backlog !== undefined)),
    }),
    gauge(registry, {
      name: "harbinger_store_query_seconds",
      help: "How long the database needed for that query.",
      values: ({ storeMs }) => single(seconds(storeMs)),
    }),
  ];
}

const states = ["open", "queued", "sending", "dead"] as const;

type State = (typeof states)[number];

/** Without an answer of the database there are no values. */
function ofStates(value: (figures: Figures, state: State) => number): Shown["values"] {
  return (figures) =>
    figures.backlog === undefined
      ? []
      : states.map((state) => ({ labels: { state: shownState(state) }, count: value(figures, state) }));
}

/** Channels that are shown. Those of the configuration are fewer; the database may know others, of earlier ones. */
const maxChannels = 50;

/** Channels that have or had something to deliver; a value does not disappear where it becomes zero. */
function ofChannels(
  values: (backlog: readonly Backlog[], channel: string, now: number) => ReturnType<Shown["values"]>,
): Shown["values"] {
  const known = new Set<string>();
  return ({ backlog, now, ended }) => {
    if (backlog === undefined) return [];
    for (const { channel } of [...backlog, ...ended.map(({ labels }) => labels)])
      if (known.size < maxChannels) known.add(channel);
    return [...known].flatMap((channel) =>
      values(
        backlog.filter((each) => each.channel === channel),
        channel,
        now,
      ),
    );
  };
}

function oldestAge({ backlog = [], now }: Pick<Figures, "backlog" | "now">, state: State): number {
  const times = backlog.filter((each) => each.state === state).map(({ oldestAt }) => oldestAt);
  return times.length === 0 ? 0 : Math.max(0, now - Math.min(...times)) / 1000;
}

interface Shown {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly values: (figures: Figures) => readonly Counted<Readonly<Record<string, string>>>[];
}

function counter(registry: Registry, { name, help, labels = [], values }: Shown): Show {
  const metric = new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  return (figures) => {
    metric.reset();
    for (const value of values(figures)) metric.inc(value.labels, value.count);
  };
}

function gauge(registry: Registry, { name, help, labels = [], values }: Shown): Show {
  const metric = new Gauge({ name, help, labelNames: [...labels], registers: [registry] });
  return (figures) => {
    metric.reset();
    for (const value of values(figures)) metric.set(value.labels, value.count);
  };
}

function single(count = 0): readonly Counted<Record<never, string>>[] {
  return [{ labels: {}, count }];
}

function ofWatches(value: (watch: Figures["watches"][number]) => number | undefined): Shown["values"] {
  return ({ watches }) =>
    watches.flatMap((each) => {
      const count = value(each);
      return count === undefined ? [] : [{ labels: { watch: each.watch }, count }];
    });
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
