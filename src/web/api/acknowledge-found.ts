/**
 * Acknowledges many discoveries in one request: those that somebody names, or what a search finds, up to the latest that somebody has seen. And how many
 * that are, and the undo of such a request.
 */
import * as z from "zod";
import type { Discovery } from "../../core/discovery.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { Cursor } from "../../core/page.ts";
import { safeText } from "../../core/safe-text.ts";
import { maxSearchLength } from "../../core/search.ts";
import type { DiscoveryQuery } from "../../core/store.ts";
import { discoverySchema } from "../../present/discoveries/discovery-schema.ts";
import { isoTime } from "../../present/text/iso-time.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { note } from "./acknowledgements.ts";
import { wholeNumber } from "./filter-fields.ts";
import { discoveryList } from "./history.ts";
import { foundPages, wholeListBounds } from "./list-pages.ts";
import { searchAndFilters, searchParameter } from "./list-route.ts";

/** Discoveries that one request acknowledges at most: their numbers fit into the body of the request that withdraws it. */
export const maxFoundAtOnce = 3000;

/** Numbers that are read at once: {@link maxFoundAtOnce} is a multiple of it. */
const idsAtOnce = 1000;

const maxId = Number.MAX_SAFE_INTEGER;
const id = z.int().min(1).max(maxId);
const ids = z.array(id).max(maxFoundAtOnce);

const bounds =
  `At most ${maxFoundAtOnce}, the latest first; where the search compares each row, of ${wholeListBounds.maxRows} that nobody has acknowledged. ` +
  "With `next` in the answer there may be more: repeat the request with it as `until`.";

const next = id.optional().meta({ description: "Number of the latest discovery that was not looked at." });

interface Unacknowledged {
  /** The latest first. */
  readonly ids: readonly Discovery["id"][];
  readonly next?: Discovery["id"];
}

/** Both the count and the acknowledgement, so that they mean the same discoveries. */
export function acknowledgeFoundActions(app: WebApp, context: WebContext): void {
  const { store, clock, log } = context;
  const list = discoveryList(context);

  /** Where the store applies the whole search: their numbers are enough. */
  const unacknowledgedIds = async (filters: Omit<DiscoveryQuery, "limit">): Promise<Unacknowledged> => {
    const found: number[] = [];
    const endAt = clock.monotonic() + wholeListBounds.maxMs;
    let after: Cursor | undefined;
    do {
      const page = await store.discoveries.listIds({ ...filters, acknowledged: false, after, limit: idsAtOnce });
      found.push(...page.rows);
      after = page.next;
    } while (after !== undefined && found.length < maxFoundAtOnce && clock.monotonic() < endAt);
    const last = found.at(-1);
    return { ids: found, ...(after === undefined || last === undefined ? {} : { next: last - 1 }) };
  };

  const unacknowledged = async (asked: {
    readonly q: string | undefined;
    readonly until: number | undefined;
  }): Promise<Unacknowledged> => {
    const { search, chosen } = searchAndFilters(app, list, { query: {}, text: asked.q });
    if (chosen.acknowledged === true) return { ids: [] };
    const { kind: kinds, ...filters } = chosen;
    if (search.tests.length === 0) return await unacknowledgedIds({ ...filters, kinds, upTo: asked.until });
    const found: number[] = [];
    const pages = foundPages<Discovery>({
      clock,
      search,
      read: (page) => store.discoveries.list({ ...page, ...filters, kinds, upTo: asked.until, acknowledged: false }),
    });
    let rest: number | undefined;
    for await (const { rows, next: after, last } of pages) {
      found.push(...rows.map((row) => row.id));
      const firstLeft = found[maxFoundAtOnce];
      if (firstLeft !== undefined) return { ids: found.slice(0, maxFoundAtOnce), next: firstLeft };
      rest = after === undefined || last === undefined || last.id <= 1 ? undefined : last.id - 1;
    }
    return { ids: found, ...(rest === undefined ? {} : { next: rest }) };
  };

  app.get(
    "/api/v1/discoveries/unacknowledged",
    {
      config: { right: "read" },
      schema: {
        summary: "How many discoveries that a search finds nobody has acknowledged.",
        description: `As many as one request acknowledges. ${bounds}`,
        tags: ["discoveries"],
        querystring: z.strictObject({
          q: searchParameter(list.terms),
          until: wholeNumber(1, maxId)
            .optional()
            .meta({ description: "Number of the latest discovery that counts. Default: all count." }),
        }),
        response: {
          200: z.strictObject({
            count: z.int().meta({ description: "How many." }),
            until: id.optional().meta({ description: "Number of the latest of them." }),
            next,
          }),
        },
      },
    },
    async ({ query: { q, until } }, reply) => {
      const { ids: found, ...rest } = await unacknowledged({ q, until });
      const [latest] = found;
      return await reply.send({ count: found.length, ...(latest === undefined ? {} : { until: latest }), ...rest });
    },
  );

  app.post(
    "/api/v1/discoveries/acknowledgements",
    {
      config: { right: "operate", changes: "discoveries" },
      schema: {
        summary:
          "Acknowledge the discoveries that you name, or that a search finds, up to the latest that you have seen.",
        description: `All of them or none; earlier acknowledgements stay. By a search: ${bounds} Deliveries stay as they are.`,
        tags: ["discoveries"],
        body: z.strictObject({
          ids: ids.min(1).optional().meta({ description: "Numbers of the discoveries, instead of `q` and `until`." }),
          q: z.string().max(maxSearchLength).optional().meta({ description: "Search, as in the list of discoveries." }),
          until: id.optional().meta({ description: "Number of the latest discovery that you have seen." }),
          note,
        }),
        response: {
          200: z.strictObject({
            ids: ids.meta({ description: "Numbers of the discoveries that were acknowledged now." }),
            acknowledged: discoverySchema.shape.acknowledged.unwrap().meta({ description: "What was noted of each." }),
            next,
          }),
        },
      },
    },
    async ({ body: { ids: named, q, note: words, until }, account }, reply) => {
      const by = account?.name ?? "";
      if ((named === undefined) === (until === undefined) || (named !== undefined && q !== undefined))
        throw new HarbingerError("usage", "expected either ids, or until, with or without q");
      const { ids: found, ...rest } = named === undefined ? await unacknowledged({ q, until }) : { ids: named };
      const at = clock.now();
      const done = await store.discoveries.acknowledgeAll(found, { at, by, note: words });
      log.info("discoveries were acknowledged by request", { discoveries: done.length, by });
      const noted = { at: isoTime(at), by, note: safeText(words).trim() };
      return await reply.send({ ids: [...done], acknowledged: noted, ...rest });
    },
  );

  app.post(
    "/api/v1/discoveries/acknowledgements/withdrawal",
    {
      config: { right: "operate", changes: "discoveries" },
      schema: {
        summary: "Withdraw the acknowledgements of one request.",
        description: "Those that were replaced since then stay.",
        tags: ["discoveries"],
        body: z.strictObject({
          at: z.iso
            .datetime({ offset: true })
            .meta({ description: "`acknowledged.at` in the answer to the request that acknowledged them." }),
          ids: ids.min(1).meta({ description: "`ids` in the same answer." }),
        }),
        response: {
          200: z.strictObject({
            ids: ids.meta({ description: "Numbers of the discoveries that are not acknowledged any more." }),
          }),
        },
      },
    },
    async ({ body: { at, ids: which }, account }, reply) => {
      const done = await store.discoveries.withdrawAcknowledgements({ ids: which, at: Date.parse(at) });
      log.info("acknowledgements were withdrawn by request", { discoveries: done.length, by: account?.name });
      return await reply.send({ ids: [...done] });
    },
  );
}
