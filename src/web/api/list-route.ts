import type { FastifySchema } from "fastify";
import * as z from "zod";
import { HarbingerError } from "../../core/errors.ts";
import { type Cursor, maxCursorLength, type Page, unbindCursor } from "../../core/page.ts";
import { maxSearchLength } from "../../core/search.ts";
import type { WebApp } from "../app.ts";
import { problem } from "../problem.ts";
import { parseRequest } from "../request-faults.ts";
import { type ExportFormat, exportedRows, formatOf } from "./export.ts";
import { exportClient } from "./export-client.ts";
import { endInTime } from "./export-end.ts";
import { wholeNumber } from "./filter-fields.ts";
import { allRows, answerOf, jsonPages, type ListQuery, maxLimit, type Source, usualLimit } from "./list-pages.ts";
import { type ListTerms, noteFlags, readSearch, type Search } from "./search-terms.ts";

/** Rows of an export at most. */
const maxExportRows = 1_000_000;

/** The query parameters that every list has. */
export const pageFields = {
  limit: wholeNumber(1, maxExportRows)
    .optional()
    .meta({
      description: `Rows at most: up to ${maxLimit}, by default ${usualLimit}. Exports have no other limit than ${maxExportRows}.`,
    }),
  cursor: z
    .string()
    .max(maxCursorLength)
    .optional()
    .meta({ description: "`next` of the page before; with the same `sort` and `order`." }),
  order: z.enum(["ascending", "descending"]).optional().meta({ description: "By the sort key of the list." }),
  format: z
    .enum(["json", "jsonl", "csv"])
    .optional()
    .meta({ description: "`jsonl`, `csv`: all rows as a file; or use the header Accept." }),
};

export type Filters = Readonly<Record<string, z.ZodType>>;

export interface ListRoute<Fields extends Filters, Row, Json>
  extends Pick<Source<Row>, "complete" | "bytesOf" | "clock"> {
  /** Below `/api/v1`: `/connections`. */
  readonly path: string;
  /** Of the OpenAPI document: what the rows are, and in which order. */
  readonly summary: string;
  /** Query parameters besides those that every list has. */
  readonly filters: Fields;
  /** What the words of a search mean. */
  readonly terms: ListTerms<Row>;
  /** Of one row, for the OpenAPI document and the columns of CSV. */
  readonly rowSchema: z.ZodObject;
  readonly read: (query: ListQuery, filters: z.output<z.ZodObject<Fields>>) => Promise<Page<Row>>;
  /** One function of `present/`, as `--json` uses it. */
  readonly json: (row: Row) => Json;
  /** See {@link exportedRows}. */
  readonly inWords?: (row: Json) => string;
  /** Name of the zone in which days begin. */
  readonly timeZone: () => string;
}

/** The query parameter that searches a list with these terms. */
export function searchParameter(terms: ListTerms<never>) {
  const searched = Object.values(terms).map(({ example }) => `\`${example}\``);
  return z
    .string()
    .max(maxSearchLength)
    .optional()
    .meta({ description: `Search: words${searched.map((term) => `, ${term}`).join("")}; NOT before one negates it.` });
}

/**
 * What a request looks for in a list: the search, and the filters that are in it or beside it.
 * @throws HarbingerError `usage`
 */
export function searchAndFilters<Fields extends Filters, Row, Json>(
  { searchFlags: flags }: Pick<WebApp, "searchFlags">,
  {
    filters,
    terms,
    json,
    clock,
    timeZone,
  }: Pick<ListRoute<Fields, Row, Json>, "filters" | "terms" | "json" | "clock" | "timeZone">,
  { query, text }: { readonly query: unknown; readonly text: string | undefined },
): { readonly search: Search<Row>; readonly chosen: z.output<z.ZodObject<Fields>> } {
  const search = readSearch(text ?? "", {
    terms,
    textsOf: (row: Row) => textsOf(json(row)),
    moment: { now: clock.now(), timeZone: timeZone() },
    flags,
  });
  return { search, chosen: parseRequest(z.object(filters), { ...search.filters, ...ownOf(query, search) }) };
}

/** Adds a list that is read page by page: `{ "rows": [...], "next": "..." }`; or exported as a whole. */
export function listRoute<Fields extends Filters, Row, Json extends object>(
  app: WebApp,
  route: ListRoute<Fields, Row, Json>,
): void {
  const { path, summary, filters, terms, rowSchema, read, json, inWords, clock } = route;
  noteFlags(app.searchFlags, path.slice(1), terms);
  const q = searchParameter(terms);
  const wholeQuery = z.strictObject({ ...pageFields, q, ...filters });
  const commonQuery = z.object({ ...pageFields, q });
  // Without the types of the schemas: an answer is a page or a file.
  const schema: FastifySchema = {
    summary,
    tags: [path.slice(1)],
    querystring: wholeQuery,
    response: { 200: z.strictObject({ rows: z.array(rowSchema), next: z.string().optional() }) },
  };
  app.get(
    `/api/v1${path}`,
    {
      config: { right: "read" },
      schema,
      // Parsed below, where its two parts have their own types.
      validatorCompiler: () => (value) => ({ value }),
    },
    async (request, reply) => {
      const { query } = request;
      parseRequest(wholeQuery, query);
      const { limit, cursor, order, q: text, format } = parseRequest(commonQuery, query);
      const wanted = formatOf(format, request.headers.accept);
      if (wanted === "json" && limit !== undefined && limit > maxLimit)
        throw new HarbingerError("usage", `limit: at most ${maxLimit}; format=jsonl or format=csv has all rows`);
      const { search, chosen } = searchAndFilters(app, route, { query, text });
      const source: Source<Row> = { ...route, read: (page) => read({ ...page, order }, chosen), search };
      const place = placeName(path, { sort: Reflect.get(chosen, "sort"), order });
      const after = cursorOf(cursor, place);
      if (wanted === "json") {
        return await reply
          .type("application/json; charset=utf-8")
          .send(await answerOf(source, json, { limit, after, place }));
      }
      if (request.method === "HEAD") return await reply.type(typeOf(wanted)).send("");
      const slot = app.exportSlots.take(exportClient(request));
      if (slot === "own" || slot === "all") {
        const whose = slot === "own" ? "Too many of your exports are running." : "Too many exports are running.";
        void reply.header("Retry-After", "10");
        return await problem(reply, 429, "too-many-exports", `${whose} Try again when one has ended.`);
      }
      try {
        const pages = allRows(source, { after, limit: limit ?? maxExportRows });
        // Before the status is sent: an error of the first page is an answer of its own.
        const first = await pages.next();
        const rows = exportedRows(wanted, { rowSchema, pages: jsonPages(first, pages, json), inWords });
        rows.once("close", () => slot[Symbol.dispose]());
        endInTime(request, rows, clock);
        return await reply
          .header("Content-Disposition", `attachment; filename="${path.slice(1)}.${wanted}"`)
          .type(typeOf(wanted))
          .send(rows);
      } catch (error) {
        slot[Symbol.dispose]();
        throw error;
      }
    },
  );
}

/** Of a list in its order, for its cursors. */
function placeName(
  path: string,
  { sort, order }: { readonly sort: unknown; readonly order: string | undefined },
): string {
  return [path, sort, order].filter((part) => typeof part === "string").join(" ");
}

function typeOf(format: Exclude<ExportFormat, "json">): string {
  return format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
}

/** @throws HarbingerError `usage` */
export function cursorOf(text: string | undefined, list: string): Cursor | undefined {
  const cursor = text === undefined ? undefined : unbindCursor(text, list);
  if (text !== undefined && cursor === undefined) {
    throw new HarbingerError(
      "usage",
      "cursor: it is from another list, another sort or order, or an earlier version. Ask for the first page again, without a cursor",
    );
  }
  return cursor;
}

/** The filters that the client gave as query parameters. */
function ownOf(query: unknown, { filters }: Pick<Search<never>, "filters">): object {
  if (typeof query !== "object" || query === null) return {};
  const twice = Object.keys(filters).find((name) => Reflect.get(query, name) !== undefined);
  if (twice !== undefined) throw new HarbingerError("usage", `${twice}: given twice, in q and beside it`);
  return query;
}

/** The texts and numbers in the JSON of a row. */
function* textsOf(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "number") yield String(value);
  else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) yield* textsOf(part);
  }
}
