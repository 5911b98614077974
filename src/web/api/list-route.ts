import { setImmediate as otherWork } from "node:timers/promises";
import type { FastifySchema } from "fastify";
import * as z from "zod";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError } from "../../core/errors.ts";
import { bindCursor, type Cursor, maxCursorLength, type Page, type PageQuery, unbindCursor } from "../../core/page.ts";
import { maxSearchLength } from "../../core/search.ts";
import type { WebApp } from "../app.ts";
import { problem } from "../problem.ts";
import { parseRequest } from "../request-faults.ts";
import { type ExportFormat, exportedRows, formatOf } from "./export.ts";
import { exportClient } from "./export-client.ts";
import { endInTime } from "./export-end.ts";
import { wholeNumber } from "./filter-fields.ts";
import { type ListTerms, noteFlags, readSearch, type Search } from "./search-terms.ts";

/** Rows of a page if the client does not ask for a number, and at most. */
export const usualLimit = 100;
export const maxLimit = 1000;
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

export interface ListRoute<Fields extends Filters, Row, Json> {
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
  /** What rows lack that were read with `isSearch`. */
  readonly complete?: (rows: readonly Row[]) => Promise<readonly Row[]>;
  /** Bytes of the large cells of a row, if it has such cells. */
  readonly bytesOf?: (row: Row) => number;
  readonly clock: Clock;
  /** Name of the zone in which days begin. */
  readonly timeZone: () => string;
}

export interface ListQuery extends PageQuery {
  /** Most rows of the page will be left out: what is large and has no words may be missing, if the list can `complete` a row. */
  readonly isSearch?: boolean;
  /** That the search looks for: the store may leave out rows that cannot contain one of them. */
  readonly words?: readonly string[];
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
  const { path, summary, filters, terms, rowSchema, read, json, clock } = route;
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
        const rows = exportedRows(wanted, { rowSchema, pages: jsonPages(first, pages, json) });
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

export interface Source<Row> extends Pick<ListRoute<Filters, Row, object>, "complete" | "bytesOf" | "clock"> {
  readonly read: (query: ListQuery) => Promise<Page<Row>>;
  readonly search: Search<Row>;
}

/** Limits of one request for a page when the store cannot apply the search: rows, queries, and time. */
const maxScannedRows = 10_000;
const maxReads = 50;
const maxScanMs = 50;
/** Rows of a read for a search: the time is checked after each. */
const maxSearchedRows = 200;
/** Rows that are tested in one go: the thread serves others in between. */
const testedAtOnce = 50;
/** Of payloads and the like that are read for a page. */
const maxCellBytes = 2 * 2 ** 20;
/** Of the JSON of a page: a thread that serves others writes it in one go. */
const maxJsonBytes = 4 * 2 ** 20;

/**
 * A page of the rows that pass the tests of the search. It has fewer rows than `limit`, or none, where they are rare: the client goes on with
 * `next`. Each read asks for as many rows as are missing, so that the cursor stands after the last row.
 */
async function filteredPage<Row>(source: Source<Row>, limit: number, start: Cursor | undefined): Promise<Page<Row>> {
  const { clock, search, bytesOf } = source;
  if (search.tests.length === 0) return await source.read({ limit, after: start, maxBytes: maxCellBytes });
  const rows: Row[] = [];
  let after = start;
  let scanned = 0;
  let bytes = 0;
  const endAt = clock.monotonic() + maxScanMs;
  for (let reads = 0; reads < maxReads && scanned < maxScannedRows; reads++) {
    const page = await searchedPage(source, {
      limit: Math.min(limit - rows.length, maxSearchedRows),
      after,
      maxBytes: maxCellBytes - bytes,
    });
    rows.push(...page.rows);
    scanned += page.scanned;
    if (bytesOf !== undefined) bytes += page.rows.reduce((sum, row) => sum + bytesOf(row), 0);
    after = page.next;
    // The last few rows of a page are not worth a read each.
    const isFull = rows.length * 4 >= limit * 3 || bytes * 4 >= maxCellBytes * 3;
    if (after === undefined || isFull || clock.monotonic() > endAt) break;
  }
  return { rows, next: after };
}

interface SearchedPage<Row> extends Page<Row> {
  /** Rows that it had before the search. */
  readonly scanned: number;
  readonly last: Row | undefined;
}

/** What the search finds in a page. */
async function searchedPage<Row>(
  { read, search, complete }: Source<Row>,
  query: PageQuery,
): Promise<SearchedPage<Row>> {
  const { rows, next } = await read({ ...query, isSearch: true, words: search.words });
  const found: Row[] = [];
  for (let start = 0; start < rows.length; start += testedAtOnce) {
    await otherWork();
    found.push(...rows.slice(start, start + testedAtOnce).filter((row) => search.tests.every((test) => test(row))));
  }
  const whole = complete === undefined || found.length === 0 ? found : await complete(found);
  return { rows: whole, next, scanned: rows.length, last: rows.at(-1) };
}

/** Bounds of one request that tests a whole list. */
export const wholeListBounds = { maxRows: 20_000, maxMs: 2000 } as const;

/** Pages of the rows that pass the tests of the search, within {@link wholeListBounds}. */
export async function* foundPages<Row>(source: Source<Row>): AsyncGenerator<SearchedPage<Row>, undefined> {
  const endAt = source.clock.monotonic() + wholeListBounds.maxMs;
  let after: Cursor | undefined;
  let tested = 0;
  do {
    const page = await searchedPage(source, { limit: maxSearchedRows, after });
    tested += page.scanned;
    after = page.next;
    yield page;
  } while (after !== undefined && tested < wholeListBounds.maxRows && source.clock.monotonic() < endAt);
}

/** All rows that pass the tests of the search, within {@link wholeListBounds}. */
export async function foundRows<Row>(
  source: Source<Row>,
): Promise<{ readonly rows: readonly Row[]; readonly isWhole: boolean }> {
  const rows: Row[] = [];
  let isWhole = true;
  for await (const page of foundPages(source)) {
    rows.push(...page.rows);
    isWhole = page.next === undefined;
  }
  return { rows, isWhole };
}

/** The text of an answer. */
async function answerOf<Row>(
  source: Source<Row>,
  json: (row: Row) => object,
  {
    limit = usualLimit,
    after,
    place,
  }: { readonly limit: number | undefined; readonly after: Cursor | undefined; readonly place: string },
): Promise<string> {
  let page = await filteredPage(source, limit, after);
  let { text, count } = pageText(page.rows, json);
  while (count < page.rows.length) {
    // Only the store knows the place after the rows that fit.
    page = await filteredPage(source, count, after);
    ({ text, count } = pageText(page.rows, json));
  }
  const next = page.next === undefined ? "" : `,"next":${JSON.stringify(bindCursor(page.next, place))}`;
  return `{"rows":[${text}]${next}}`;
}

/** The JSON of the rows that fit into an answer, one at least, and how many they are. */
function pageText<Row>(
  rows: readonly Row[],
  json: (row: Row) => object,
): { readonly text: string; readonly count: number } {
  const texts: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const text = JSON.stringify(json(row));
    bytes += text.length;
    if (bytes > maxJsonBytes && texts.length > 0) break;
    texts.push(text);
  }
  return { text: texts.join(","), count: texts.length };
}

const exportPageRows = 200;

async function* allRows<Row>(
  source: Source<Row>,
  { after: start, limit }: { readonly after: Cursor | undefined; readonly limit: number },
): AsyncGenerator<readonly Row[], undefined> {
  let after = start;
  let left = limit;
  const isSearch = source.search.tests.length > 0;
  do {
    const query = { limit: exportPageRows, after, maxBytes: maxCellBytes };
    const page = isSearch ? await searchedPage(source, query) : await source.read(query);
    const rows = page.rows.slice(0, left);
    left -= rows.length;
    after = page.next;
    yield rows;
  } while (after !== undefined && left > 0);
}

async function* jsonPages<Row, Json>(
  first: IteratorResult<readonly Row[], undefined>,
  rest: AsyncGenerator<readonly Row[], undefined>,
  json: (row: Row) => Json,
): AsyncGenerator<readonly Json[]> {
  if (first.value !== undefined) yield first.value.map(json);
  for await (const rows of rest) yield rows.map(json);
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
