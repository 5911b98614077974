import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from "@tanstack/virtual-core";
import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import "./list.css";
import type { Sorting } from "./list-view.ts";
import { Failure } from "./parts.tsx";
import { layOut, type Place, type RowLayout, rowHeight, useNarrow } from "./row-layout.ts";
import type { List } from "./state.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /**
   * CSS class of its width. Without, it takes its share of the rest. There, in `wide` is text, of up to two lines. `own`: also a
   * share; there and in `notes` the cell cuts its text itself. `minute`: a time without seconds. `endpoint`: an
   * address with its port. `source`: an address above whose it is.
   */
  readonly width?:
    | "narrow"
    | "address"
    | "endpoint"
    | "source"
    | "time"
    | "minute"
    | "wide"
    | "notes"
    | "port"
    | "number"
    | "buttons"
    | "expiry"
    | "own";
  /** `sort` of the API: its heading sorts the list. */
  readonly sortBy?: string;
  /** Where it is in a row on a narrow screen; without, it is left out there. */
  readonly narrow?: Place;
  /** Left out where there is room for columns: another one shows the same there. */
  readonly isOnlyNarrow?: true;
}

export interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly list: List<Row>;
  readonly keyOf: (row: Row) => string | number;
  readonly sorting?: Sorting;
  /** Shown if there are no rows. */
  readonly empty: ComponentChildren;
}

/** Rows before the end at which the next page is requested. */
const ahead = 30;

/** A table of any length: only the rows near the screen are in the document. */
export function Table<Row>({ caption, columns, list, keyOf, sorting, empty }: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, hasMore, isLoading } = list;
  const [focusedKey, setFocusedKey] = useState<string | number>();
  const focused = focusedKey === undefined ? -1 : rows.findIndex((row) => keyOf(row) === focusedKey);
  const isNarrow = useNarrow();
  const layout = useMemo(() => layOut(columns.map(({ narrow }) => narrow)), [columns]);
  const height = isNarrow ? layout.height : rowHeight;
  const { items, last } = useWindow({ count: rows.length, height, focused }, body);
  /** Between two drawn rows, of which the first is before the table where it is -1, and the second after it. */
  const space = (before: number, next: number) => <Space height={(next - before - 1) * height} />;
  useEffect(() => {
    if (hasMore && !isLoading && list.error === undefined && last >= rows.length - ahead) list.more();
  }, [last, rows.length, hasMore, isLoading]);
  return (
    <>
      <Failure message={list.error} again={list.isRefused === true ? undefined : list.reload} />
      {rows.length === 0 && !isLoading && !hasMore && list.error === undefined ? <p class="empty">{empty}</p> : null}
      {/* The headings stay while a list is sorted anew, so that they keep the focus. */}
      {rows.length === 0 && !(isLoading && sorting !== undefined) ? null : (
        <table class="list" aria-busy={isLoading} aria-rowcount={hasMore ? -1 : rows.length + 1}>
          <caption class="for-readers">{caption}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <ColumnHeading key={column.title} column={column} sorting={sorting} />
              ))}
            </tr>
          </thead>
          <tbody
            ref={body}
            onFocusIn={({ target }) => setFocusedKey(keyIn(target, rows, keyOf))}
            onFocusOut={({ relatedTarget }) => {
              // Without another target the window has lost the focus, and the control gets it back.
              if (relatedTarget !== null) setFocusedKey(undefined);
            }}
          >
            {items.map((index, place) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <Fragment key={keyOf(row)}>
                  {space(items[place - 1] ?? -1, index)}
                  <Row index={index} row={row} columns={columns} layout={layout} isNarrow={isNarrow} />
                </Fragment>
              );
            })}
            {space(items.at(-1) ?? -1, rows.length)}
          </tbody>
        </table>
      )}
      <LoadMore list={list} />
    </>
  );
}

/** Says that rows are on their way, and loads more of them. */
export function LoadMore({
  list: { rows, hasMore, isLoading, more },
}: {
  readonly list: Pick<List<unknown>, "rows" | "hasMore" | "isLoading" | "more">;
}) {
  return (
    <p class="more" aria-live="polite">
      {isLoading ? "Loading ..." : null}
      {hasMore && rows.length > 0 ? (
        <button type="button" aria-disabled={isLoading} onClick={more}>
          Load more
        </button>
      ) : null}
    </p>
  );
}

interface RowProps<Row> {
  readonly index: number;
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly layout: RowLayout;
  readonly isNarrow: boolean;
}

function Row<Row>({ index, row, columns, layout, isNarrow }: RowProps<Row>) {
  return (
    <tr aria-rowindex={index + 2} style={isNarrow ? { height: `${layout.height}px` } : {}}>
      {columns.map((column, place) => (
        <td key={column.title} class={classOf(column)} style={isNarrow ? (layout.cells[place] ?? {}) : {}}>
          {hasText(column) ? <div class="text">{column.cell(row)}</div> : column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function hasText<Row>({ width }: Column<Row>): boolean {
  return width === undefined || width === "wide";
}

interface ColumnHeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
}

function ColumnHeading<Row>({ column, sorting }: ColumnHeadingProps<Row>) {
  const { title, sortBy } = column;
  if (sortBy === undefined || sorting === undefined)
    return (
      <th scope="col" class={classOf(column)}>
        {title}
      </th>
    );
  const order = sorting.sort === sortBy ? sorting.order : undefined;
  return (
    <th scope="col" class={classOf(column)} aria-sort={order ?? "none"}>
      <button type="button" class="sort" onClick={() => sorting.by(sortBy)}>
        {title}
        <span aria-hidden="true">{order === undefined ? "" : order === "ascending" ? " ▲" : " ▼"}</span>
      </button>
    </th>
  );
}

function classOf<Row>({ width, narrow, isOnlyNarrow }: Column<Row>): string {
  const isAtEnd = narrow?.part === "end" || narrow?.part === "rest";
  const classes = [
    width,
    narrow === undefined && "minor",
    isOnlyNarrow === true && "only-narrow",
    narrow?.lines === 2 && "tall",
    isAtEnd && "at-end",
  ];
  return classes.filter((name) => typeof name === "string").join(" ");
}

/** The row that contains an element. */
function keyIn<Row>(
  target: EventTarget | null,
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
): string | number | undefined {
  const index = target instanceof Element ? target.closest("tr")?.getAttribute("aria-rowindex") : undefined;
  const row = index == null ? undefined : rows[Number(index) - 2];
  return row === undefined ? undefined : keyOf(row);
}

/** In the place of rows that are not drawn. One cell: more would count as columns where some are left out. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr class="space" aria-hidden="true">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

interface DrawnRows {
  /** Indices of rows, ascending. */
  readonly items: readonly number[];
  /** The last one near the screen. */
  readonly last: number;
}

interface WindowOptions {
  readonly count: number;
  /** Of a row. */
  readonly height: number;
  /** Index of a row that stays in the document wherever the screen is, because it has the focus; or -1. */
  readonly focused: number;
}

function useWindow(
  { count, height, focused }: WindowOptions,
  body: { readonly current: HTMLElement | null },
): DrawnRows {
  const [, setRound] = useState(0);
  const offset = body.current === null ? 0 : body.current.getBoundingClientRect().top + scrollY;
  // Another function makes it ask for all heights again.
  const getItemKey = useMemo(() => (index: number) => index, [height]);
  const options: VirtualizerOptions<Window, Element> = {
    getItemKey,
    count,
    getScrollElement: () => window,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: offset,
    initialRect: { width: innerWidth, height: innerHeight },
    initialOffset: () => scrollY,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    onChange: () => setRound((round) => round + 1),
  };
  const [virtualizer] = useState(() => new Virtualizer(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  const near = virtualizer.getVirtualItems().map(({ index }) => index);
  const isAway = focused >= 0 && near.length > 0 && !near.includes(focused);
  const items = isAway ? [...near, focused].sort((one, other) => one - other) : near;
  return { items, last: near.at(-1) ?? 0 };
}
