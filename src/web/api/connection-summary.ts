import { LRUCache } from "lru-cache";
import * as z from "zod";
import { maxSummaryMs } from "../../core/connection-counts.ts";
import type { ConnectionCondition, ConnectionSummaryQuery } from "../../core/connection-store.ts";
import { HarbingerError } from "../../core/errors.ts";
import { maxSearchLength, parseSearch, type SearchTerm } from "../../core/search.ts";
import { connectionSummaryJson } from "../../present/connections/summary-json.ts";
import { type ConnectionSummaryJson, connectionSummarySchema } from "../../present/connections/summary-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import {
  asnFilter,
  instantOf,
  type Moment,
  placeForms,
  portFilter,
  rangeFilter,
  timeFilter,
  timeForms,
  wholeNumber,
} from "./filter-fields.ts";
import { isPlace } from "./search-terms.ts";

const dayMs = 86_400_000;
const maxTop = 100;
/** A longer span is counted by day, unless the client asks for hours. */
const maxUsualHoursMs = 8 * dayMs;
const maxHoursMs = 32 * dayMs;
/** Many clients that ask the same at once cost one count. */
const keptMs = 2000;
const maxKept = 100;

/** The words of the list of connections that a summary knows, and how each is compared. */
const summaryTerms = [
  "since",
  "until",
  "peer",
  "port",
  "protocol",
  "listener",
  "country",
  "organization",
  "asn",
] as const;
const fingerprintTerms = ["ja4", "hassh", "agent"] as const;
type TermName = (typeof summaryTerms)[number] | (typeof fingerprintTerms)[number];
const termNames: readonly TermName[] = [...summaryTerms, ...fingerprintTerms];

/** Connections of a time span, counted. */
export function connectionSummaryRoutes(app: WebApp, { store, clock, timeZone }: WebContext): void {
  const kept = new LRUCache<string, Promise<ConnectionSummaryJson>>({ max: maxKept, ttl: keptMs });
  app.get(
    "/api/v1/connections/summary",
    {
      config: { right: "read" },
      schema: {
        summary:
          "Connections to decoy ports in a time span, counted by time, listener, source, country, network, protocol, port and fingerprint.",
        tags: ["connections"],
        querystring: z.strictObject({
          since: timeFilter({ clock, timeZone })
            .optional()
            .meta({ description: "Start, as in the list. Default: 24 hours ago." }),
          until: timeFilter({ clock, timeZone }).optional().meta({ description: "End, not included. Default: now." }),
          top: wholeNumber(1, maxTop)
            .default(10)
            .meta({ description: `Entries of each list at most, up to ${maxTop}.` }),
          interval: z
            .enum(["hour", "day"])
            .optional()
            .meta({ description: "What `series` counts. Default: hours up to eight days." }),
          q: z
            .string()
            .max(maxSearchLength)
            .optional()
            .meta({
              description: `Counts only what fits, as in the list of connections: ${termNames.map((name) => `\`${name}:\``).join(", ")}, and NOT.`,
            }),
        }),
        response: { 200: connectionSummarySchema },
      },
    },
    async ({ query }, reply) => {
      const now = clock.now();
      const search = readConditions(query.q ?? "", { now, timeZone: timeZone() });
      if (query.since !== undefined && search.since !== undefined) throw twice("since");
      if (query.until !== undefined && search.until !== undefined) throw twice("until");
      const until = search.until ?? query.until ?? now;
      const since = search.since ?? query.since ?? until - dayMs;
      const span = until - since;
      if (span <= 0) throw new HarbingerError("usage", "since: must be before until");
      if (span > maxSummaryMs) throw new HarbingerError("usage", "since: the time span is longer than 366 days");
      const interval = query.interval ?? (span <= maxUsualHoursMs ? "hour" : "day");
      if (interval === "hour" && span > maxHoursMs)
        throw new HarbingerError("usage", "interval: hours are counted for 32 days at most");
      const count = async () => {
        const wanted: ConnectionSummaryQuery = { since, until, top: query.top, conditions: search.conditions };
        const summary = await store.connections.summary(wanted);
        return connectionSummaryJson(summary, { since, until, interval, timeZone: timeZone(), top: query.top });
      };
      // Two clients that ask for the last 24 hours in the same two seconds ask the same.
      const key = JSON.stringify([Math.floor(since / keptMs), Math.floor(until / keptMs), interval, query.top, search]);
      const answer = kept.get(key) ?? count();
      if (!kept.has(key)) {
        kept.set(key, answer);
        answer.catch(() => kept.delete(key));
      }
      return await reply.send(await answer);
    },
  );
}

interface SummarySearch {
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly conditions: readonly ConnectionCondition[];
}

function readConditions(text: string, moment: Moment): SummarySearch {
  const outcome = parseSearch(text);
  if (outcome.kind === "wrong") throw new HarbingerError("usage", `q: ${outcome.message}`);
  let since: number | undefined;
  let until: number | undefined;
  const conditions: ConnectionCondition[] = [];
  for (const term of outcome.terms) {
    const isPeer = term.name === undefined && term.isQuoted !== true && isPlace(term.value);
    const name = isPeer ? "peer" : termNames.find((known) => known === term.name);
    if (name === undefined) throw unknownTerm(term);
    if (name !== "since" && name !== "until") conditions.push(conditionOf(name, term));
    else {
      if (term.isNegated || (name === "since" ? since : until) !== undefined)
        throw new HarbingerError("usage", `q: ${name} can be used once, and not with NOT`);
      const at = instantOf(term.value, moment);
      if (at === undefined) throw new HarbingerError("usage", `q: ${name}: expected ${timeForms}`);
      if (name === "since") since = at;
      else until = at;
    }
  }
  return { since, until, conditions };
}

function conditionOf(
  field: Exclude<TermName, "since" | "until">,
  { value, isNegated }: SearchTerm,
): ConnectionCondition {
  switch (field) {
    case "port":
    case "asn": {
      const number = field === "port" ? portFilter.safeParse(value) : asnFilter.safeParse(value);
      if (!number.success) throw new HarbingerError("usage", `q: ${field}: expected a number`);
      return { field, value: number.data, isNegated };
    }
    case "peer": {
      const range = rangeFilter.safeParse(value);
      if (!range.success) throw new HarbingerError("usage", `q: peer: expected ${placeForms}`);
      return { field, ...range.data, isNegated };
    }
    default:
      return { field, value, isNegated };
  }
}

function unknownTerm({ name, value }: SearchTerm): HarbingerError {
  const what = name === undefined ? `"${value}" is a word alone` : `"${name}" is not known here`;
  return new HarbingerError("usage", `q: ${what}. A summary takes these terms: ${termNames.join(", ")}.`);
}

function twice(name: string): HarbingerError {
  return new HarbingerError("usage", `${name}: given twice, in q and beside it`);
}
