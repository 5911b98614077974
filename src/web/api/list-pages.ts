/** The pages of a list: those that the store reads, and those of rows that a search has to compare one by one. */
import { setImmediate as otherWork } from "node:timers/promises";
import type { Clock } from "../../core/clock.ts";
import { bindCursor, type Cursor, type Page, type PageQuery } from "../../core/page.ts";
import type { Search } from "./search-terms.ts";

/** Rows of a page without `limit`. */
export const usualLimit = 100;
/** Rows of a page at most. */
export const maxLimit = 1000;

export interface ListQuery extends PageQuery {
  /** Most rows of the page will be left out: what is large and has no words may be missing, if the list can `complete` a row. */
  readonly isSearch?: boolean;
  /** That the search looks for: the store may leave out rows that cannot contain one of them. */
  readonly words?: readonly string[];
}

/** A list with its search. */
export interface Source<Row> {
  readonly read: (query: ListQuery) => Promise<Page<Row>>;
  readonly search: Search<Row>;
  /** What rows lack that were read with `isSearch`. */
  readonly complete?: (rows: readonly Row[]) => Promise<readonly Row[]>;
  /** Bytes of the large cells of a row, if it has such cells. */
  readonly bytesOf?: (row: Row) => number;
  readonly clock: Clock;
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

interface PageRequest {
  readonly limit: number;
  readonly after: Cursor | undefined;
}

interface PageText {
  /** The JSON of its rows. */
  readonly text: string;
  readonly next: Cursor | undefined;
}

/** The text of an answer. */
export async function answerOf<Row>(
  source: Source<Row>,
  json: (row: Row) => object,
  {
    limit = usualLimit,
    after,
    place,
  }: { readonly limit: number | undefined; readonly after: Cursor | undefined; readonly place: string },
): Promise<string> {
  const write = source.search.tests.length === 0 ? storedText : foundText;
  const { text, next } = await write(source, json, { limit, after });
  return `{"rows":[${text}]${next === undefined ? "" : `,"next":${JSON.stringify(bindCursor(next, place))}`}}`;
}

/** Of a page of the rows that pass the tests of the search. */
async function foundText<Row>(
  source: Source<Row>,
  json: (row: Row) => object,
  { limit, after }: PageRequest,
): Promise<PageText> {
  const { texts, next } = await writtenRows(
    await filteredPage(source, limit, after),
    { json, maxBytes: maxJsonBytes },
    async (count) => await filteredPage(source, count, after),
  );
  return { text: texts.join(","), next };
}

/** Rows of a page that are read and written in one go. */
const partRows = 250;

/** Of a page as the store reads it. The store reads the next part of a large one while the JSON of the last is written. */
async function storedText<Row>(
  { read, bytesOf = () => 0 }: Source<Row>,
  json: (row: Row) => object,
  { limit, after: start }: PageRequest,
): Promise<PageText> {
  const parts: string[] = [];
  let left = limit;
  let leftCellBytes = maxCellBytes;
  let leftJsonBytes = maxJsonBytes;
  const readPart = async (after: Cursor | undefined, count: number) =>
    await read({ limit: count, after, maxBytes: leftCellBytes });
  let after = start;
  let reading: Promise<Page<Row>> | undefined = readPart(after, Math.min(left, partRows));
  while (reading !== undefined) {
    const asked = Math.min(left, partRows);
    const part: Page<Row> = await reading;
    left -= part.rows.length;
    leftCellBytes -= part.rows.reduce((sum, row) => sum + bytesOf(row), 0);
    // A part with fewer rows than asked for ends the page: it has as much as the store reads at once.
    const isLast = part.next === undefined || left === 0 || part.rows.length < asked || leftCellBytes <= 0;
    reading = isLast ? undefined : readPart(part.next, Math.min(left, partRows));
    // Awaited in the next round, or not at all.
    reading?.catch(() => undefined);
    const from = after;
    const limits = { json, maxBytes: leftJsonBytes };
    const written = await writtenRows(part, limits, async (count) => await readPart(from, count));
    // The first row of an answer always fits, so the place is one that the client has not been to.
    if (written.bytes > leftJsonBytes && parts.length > 0) return { text: parts.join(","), next: after };
    if (written.texts.length > 0) parts.push(written.texts.join(","));
    leftJsonBytes -= written.bytes;
    after = written.next;
    if (written.texts.length < part.rows.length) break;
  }
  return { text: parts.join(","), next: after };
}

interface WrittenRows {
  readonly texts: readonly string[];
  readonly bytes: number;
  /** The place after them. */
  readonly next: Cursor | undefined;
}

/**
 * The rows of a page whose JSON fits, one at least. Only the store knows the place after some of them, so it reads these again.
 */
async function writtenRows<Row>(
  whole: Page<Row>,
  limits: { readonly json: (row: Row) => object; readonly maxBytes: number },
  readAgain: (count: number) => Promise<Page<Row>>,
): Promise<WrittenRows> {
  let page = whole;
  let written = writeRows(page.rows, limits);
  while (written.texts.length < page.rows.length) {
    page = await readAgain(written.texts.length);
    written = writeRows(page.rows, limits);
  }
  return { ...written, next: page.next };
}

function writeRows<Row>(
  rows: readonly Row[],
  { json, maxBytes }: { readonly json: (row: Row) => object; readonly maxBytes: number },
): Omit<WrittenRows, "next"> {
  const texts: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const text = JSON.stringify(json(row));
    if (bytes + text.length > maxBytes && texts.length > 0) break;
    bytes += text.length;
    texts.push(text);
  }
  return { texts, bytes };
}

const exportPageRows = 200;

export async function* allRows<Row>(
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

export async function* jsonPages<Row, Json>(
  first: IteratorResult<readonly Row[], undefined>,
  rest: AsyncGenerator<readonly Row[], undefined>,
  json: (row: Row) => Json,
): AsyncGenerator<readonly Json[]> {
  if (first.value !== undefined) yield first.value.map(json);
  for await (const rows of rest) yield rows.map(json);
}
