import type { ConnectionSummary } from "../../core/connection-store.ts";
import { urgentKinds } from "../../core/discovery-kinds.ts";
import { overviewJson } from "../../present/overview/overview-json.ts";
import { type OverviewJson, overviewSchema } from "../../present/overview/overview-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { withShownRecipient } from "./shown-recipient.ts";

const hourMs = 3_600_000;
const hours = 24;
/** Older discoveries that nobody acknowledged are not counted. */
const unacknowledgedMs = 7 * 24 * hourMs;
const latest = 10;
/** Discoveries that are read, to join those that belong together. */
const latestRead = 200;
const top = 10;
/** First scans that are listed. */
const maxFirstScans = 5;
const maxWatches = 100;
/** Whose numbers of open ports are listed. */
const scansOfWatch = 12;
/** Many clients that ask at once cost one overview. */
const keptMs = 2000;
/** After a start the connections have to be read before they are counted: the answer does not wait longer for them. */
const countedWithinMs = 75;
/** What was counted too late for an answer is so old at most in another. */
const keptLateMs = 10_000;

/** The first page: the last 24 hours, what failed, what waits, and what comes next. */
export function overviewRoutes(app: WebApp, context: WebContext): void {
  let kept: { readonly at: number; readonly answer: Promise<OverviewJson> } | undefined;
  const counting = new ConnectionCounting(context);
  const overview = (): Promise<OverviewJson> => {
    const now = context.clock.now();
    const age = now - (kept?.at ?? Number.NEGATIVE_INFINITY);
    if (kept !== undefined && age >= 0 && age < keptMs) return kept.answer;
    const answer = readOverview(context, { now, counting });
    const entry = { at: now, answer };
    kept = entry;
    const forget = () => {
      if (kept === entry) kept = undefined;
    };
    answer.then(({ connections }) => {
      if (connections === undefined) forget();
    }, forget);
    return answer;
  };
  app.get(
    "/api/v1/overview",
    {
      config: { right: "read" },
      schema: {
        summary: "The last 24 hours: what is new, who knocked, what failed, what waits, and what comes next.",
        tags: ["overview"],
        response: { 200: overviewSchema },
      },
    },
    async (_request, reply) => await reply.send(await overview()),
  );
}

/** Counts the connections since a time. What is counted too late for one answer is used by the next ones. */
class ConnectionCounting {
  readonly #context: WebContext;
  #current: { readonly since: number; readonly summary: Promise<ConnectionSummary> } | undefined;
  #counted: { readonly since: number; readonly summary: ConnectionSummary; readonly at: number } | undefined;

  constructor(context: WebContext) {
    this.#context = context;
  }

  /** @returns `undefined`: they are not counted yet */
  async summary(since: number): Promise<ConnectionSummary | undefined> {
    const { clock } = this.#context;
    const done = new AbortController();
    const current = this.#current?.since === since ? this.#current.summary : this.#count(since);
    const end = () => done.abort();
    current.then(end, end);
    const inTime = await Promise.race([current, clock.sleep(countedWithinMs, done.signal).then(() => undefined)]);
    if (inTime !== undefined || this.#counted?.since !== since) return inTime;
    return clock.monotonic() - this.#counted.at <= keptLateMs ? this.#counted.summary : undefined;
  }

  #count(since: number): Promise<ConnectionSummary> {
    const { store, clock } = this.#context;
    const current = { since, summary: store.connections.summary({ since, top }) };
    this.#current = current;
    const end = () => {
      if (this.#current === current) this.#current = undefined;
    };
    current.summary.then((summary) => {
      this.#counted = { since, summary, at: clock.monotonic() };
      end();
    }, end);
    return current.summary;
  }
}

async function readOverview(
  { store, running }: WebContext,
  { now, counting }: { readonly now: number; readonly counting: ConnectionCounting },
): Promise<OverviewJson> {
  const since = (Math.floor(now / hourMs) - hours + 1) * hourMs;
  const watches = running
    .watches()
    .toSorted((one, other) => (one.nextAt ?? Number.MAX_VALUE) - (other.nextAt ?? Number.MAX_VALUE))
    .slice(0, maxWatches);
  const [discoveries, mutes, connections, backlog, dead, scans] = await Promise.all([
    store.discoveries.digest({
      since,
      unacknowledgedSince: now - unacknowledgedMs,
      urgentKinds,
      limit: latestRead,
      maxFirstScans,
    }),
    store.mutes.active(now),
    counting.summary(since),
    store.deliveries.backlog(),
    store.deliveries.list({ states: ["dead"], limit: latest }),
    Promise.all(watches.map(({ watch: { name } }) => store.scans.list({ watch: name, limit: scansOfWatch }))),
  ]);
  return overviewJson({
    now,
    since,
    ...discoveries,
    mutes: mutes.length,
    connections,
    listeners: running.listeners(),
    backlog,
    dead: dead.rows.map((delivery) => withShownRecipient(delivery, running)),
    watches: watches.map((state, index) => ({ state, scans: scans[index]?.rows ?? [] })),
  });
}
