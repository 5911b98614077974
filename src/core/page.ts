import { HarbingerError } from "./errors.ts";

/**
 * A place in a list: the sort key of the last row of a page, as text of the characters A-Z, a-z, 0-9, `-` and `_`. It
 * stays valid while rows come and go, and only for the same list in the same order.
 */
export type Cursor = string & { readonly __brand: "cursor" };

/** Which rows of a sorted list to read. */
export interface PageQuery {
  /** Rows at most; 1 or more. */
  readonly limit: number;
  /** `next` of the page before. Default: the start of the list. */
  readonly after?: Cursor | undefined;
  /** Default: the order that the list documents. */
  readonly order?: Order | undefined;
  /**
   * Of large cells (payloads, evidence): past it the page ends early, with one row at least. A list without such cells ignores it.
   * Default: no limit.
   */
  readonly maxBytes?: number | undefined;
}

/** By the sort key of the list. */
export type Order = "ascending" | "descending";

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The place after the last row; absent on the last page. */
  readonly next?: Cursor | undefined;
}

/** A part of a sort key. */
export type KeyPart = string | number | null;

export const maxCursorLength = 1024;

export function formatCursor(key: readonly KeyPart[]): Cursor {
  return Buffer.from(JSON.stringify(key)).toString("base64url") as Cursor;
}

/** A cursor for clients: it names the list, so that it is of no use for another one. @param list its name with its order */
export function bindCursor(cursor: Cursor, list: string): Cursor {
  return formatCursor([list, ...(keyIn(cursor) ?? [])]);
}

/** What {@link bindCursor} was given; `undefined`: the text is no cursor, one of another list, or one of an earlier version. */
export function unbindCursor(text: string, list: string): Cursor | undefined {
  const [bound, ...key] = text.length <= maxCursorLength ? (keyIn(text) ?? []) : [];
  return bound === list ? formatCursor(key) : undefined;
}

/**
 * The sort key in a cursor.
 * @param isKey whether it is one of this list
 * @throws HarbingerError `usage`
 */
export function readCursor<Key extends readonly KeyPart[]>(
  cursor: Cursor,
  isKey: (key: readonly KeyPart[]) => key is Key,
): Key {
  const key = keyIn(cursor);
  // PostgreSQL rejects text with NUL or half of a surrogate pair.
  const isClean = key?.every((part) => typeof part !== "string" || (part.isWellFormed() && !part.includes("\0")));
  if (key !== undefined && isClean === true && isKey(key)) return key;
  throw new HarbingerError("usage", "the cursor is not from this list", { remedy: "Start with the first page." });
}

/**
 * A page from up to `limit + 1` rows in the order of the list.
 * @param keyOf the sort key of a row
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly KeyPart[]): Page<Row> {
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { rows };
  return { rows: rows.slice(0, limit), next: formatCursor(keyOf(last)) };
}

/**
 * How many of the first rows a page has: at most `limit`, and one at least where the next would pass `maxBytes`.
 * @param bytesOf the large cells of a row
 */
export function fittingRows<Row>(
  rows: readonly Row[],
  { limit, maxBytes = Number.POSITIVE_INFINITY }: Pick<PageQuery, "limit" | "maxBytes">,
  bytesOf: (row: Row) => number,
): number {
  let bytes = 0;
  const past = rows.findIndex((row, place) => {
    bytes += bytesOf(row);
    return place > 0 && bytes > maxBytes;
  });
  return past < 0 ? limit : Math.min(limit, past);
}

/** All rows of a list, page by page. */
export async function* pagesOf<Row>(
  read: (after: Cursor | undefined) => Promise<Page<Row>>,
): AsyncGenerator<readonly Row[]> {
  let after: Cursor | undefined;
  do {
    const { rows, next } = await read(after);
    yield rows;
    after = next;
  } while (after !== undefined);
}

function keyIn(text: string): readonly KeyPart[] | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(key) && key.every(isKeyPart) ? key : undefined;
  } catch {
    return undefined;
  }
}

function isKeyPart(value: unknown): value is KeyPart {
  return value === null || typeof value === "string" || Number.isSafeInteger(value);
}
