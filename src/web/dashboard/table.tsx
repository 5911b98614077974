import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Failure } from "./parts.tsx";
import type { List } from "./state.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** CSS class of its width. */
  readonly width?: "narrow" | "address" | "time" | "wide" | "number";
  /** Left out on a narrow screen. */
  readonly isMinor?: boolean;
}

export interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly list: List<Row>;
  readonly keyOf: (row: Row) => string | number;
  /** Shown if there are no rows. */
  readonly empty: ComponentChildren;
}

/** As in style.css. */
const rowHeight = 44;
/** Rows before the end at which the next page is requested. */
const ahead = 30;

/** A table of any length: only the rows near the screen are in the document. */
export function Table<Row>({ caption, columns, list, keyOf, empty }: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { rows, hasMore, isLoading } = list;
  const { items, before, after } = useWindow(rows.length, body);
  const last = items.at(-1) ?? 0;
  useEffect(() => {
    if (hasMore && !isLoading && list.error === undefined && last >= rows.length - ahead) list.more();
  }, [last, rows.length, hasMore, isLoading]);
  return (
    <>
      <Failure message={list.error} again={list.reload} />
      {rows.length === 0 && !isLoading && list.error === undefined ? <p class="empty">{empty}</p> : null}
      {rows.length === 0 ? null : (
        <table aria-rowcount={hasMore ? -1 : rows.length + 1}>
          <caption class="for-readers">{caption}</caption>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <th key={column.title} scope="col" class={classOf(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body}>
            <Space height={before} />
            {items.map((index) => {
              const row = rows[index];
              if (row === undefined) return null;
              return (
                <tr key={keyOf(row)} aria-rowindex={index + 2}>
                  {columns.map((column) => (
                    <td key={column.title} class={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            <Space height={after} />
          </tbody>
        </table>
      )}
      <p class="more" aria-live="polite">
        {isLoading ? "Loading ..." : null}
        {!isLoading && hasMore ? (
          <button type="button" onClick={list.more}>
            Load more
          </button>
        ) : null}
      </p>
    </>
  );
}

function classOf<Row>({ width, isMinor }: Column<Row>): string {
  return `${width ?? ""}${isMinor === true ? " minor" : ""}`.trim();
}

/** One cell: more would count as columns where some are left out. */
function Space({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr class="space" aria-hidden="true">
      <td style={{ height: `${height}px` }} />
    </tr>
  );
}

interface VisibleRows {
  /** Indices of rows. */
  readonly items: readonly number[];
  /** Pixels of the rows before and after them. */
  readonly before: number;
  readonly after: number;
}

function useWindow(count: number, body: { readonly current: HTMLElement | null }): VisibleRows {
  const [, setRound] = useState(0);
  const offset = body.current === null ? 0 : body.current.getBoundingClientRect().top + scrollY;
  const options: VirtualizerOptions<Window, Element> = {
    count,
    getScrollElement: () => window,
    estimateSize: () => rowHeight,
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
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return { items: [], before: 0, after: count * rowHeight };
  return {
    items: items.map(({ index }) => index),
    before: first.start - offset,
    after: virtualizer.getTotalSize() - (last.end - offset),
  };
}
