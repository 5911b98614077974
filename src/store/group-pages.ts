import { type Cursor, type KeyPart, type Page, pageOf, readCursor } from "../core/page.ts";
import { compareGroups, type Grouping, type RowGroup } from "../core/row-groups.ts";

/** A page of all groups of a list, in their order. */
export function pageOfGroups(
  groups: readonly RowGroup[],
  { by, limit, after }: { readonly by: Grouping; readonly limit: number; readonly after?: Cursor | undefined },
): Page<RowGroup> {
  const compare = compareGroups(by);
  const last = lastGroup(after);
  const rest = last === undefined ? groups : groups.filter(({ key }) => compare(key, last ?? undefined) > 0);
  const sorted = rest.toSorted((one, other) => compare(one.key, other.key));
  return pageOf(sorted.slice(0, limit + 1), limit, ({ key }) => [key ?? null]);
}

/** The key of the last group before a page; null: of the rows that have none, which is the last group of all. */
export function lastGroup(after: Cursor | undefined): string | null | undefined {
  return after === undefined ? undefined : readCursor(after, isGroup)[0];
}

function isGroup(key: readonly KeyPart[]): key is readonly [string | null] {
  return key.length === 1 && typeof key[0] !== "number";
}
