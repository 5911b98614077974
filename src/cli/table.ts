import Table from "cli-table3";
import { safeText } from "../core/safe-text.ts";
import { cutText, longestWord, textWidth, wrapWords } from "./text-width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | undefined;
  readonly alignRight?: boolean;
  /** A shorter form for a narrow terminal. */
  readonly brief?: (row: Row) => string | undefined;
  /** Can be hidden on a narrow terminal, highest number first. */
  readonly optional?: number;
  /** On a narrow terminal the text may be cut to this many cells, before other text is wrapped. */
  readonly cutTo?: number;
  /** Shown below its row on a narrow terminal. */
  readonly below?: boolean;
  /** Optional columns are hidden before this column gets fewer cells than this. */
  readonly room?: number;
}

export interface TableLook {
  /** Width of the terminal in cells. Absent: one line per row, whatever its length. */
  readonly width?: number | undefined;
  readonly bold: boolean;
}

export interface LaidOut {
  readonly text: string;
  /** Titles of the hidden columns. */
  readonly leftOut: readonly string[];
}

interface Cells {
  readonly title: string;
  readonly alignRight: boolean;
  readonly optional: number;
  readonly cutTo: number | undefined;
  readonly below: boolean;
  readonly room: number;
  readonly cells: readonly string[];
}

const gap = 2;
const maxCell = 200;

/**
 * A table without borders, easy to read and to process with cut. Every cell is made safe and has one line. On a terminal it fits
 * the width: columns without values are hidden, times are shortened, optional columns are hidden, and text is wrapped between
 * words. If that is still too wide, each row becomes a block with a line for each column. Numbers and addresses are never split.
 */
export function layOutTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], look: TableLook): LaidOut {
  const { width } = look;
  const full = columns.map((column) => cellsOf(column, rows, false));
  if (width === undefined) return { text: draw(full, look.bold), leftOut: [] };
  const used = full.filter(({ cells }) => rows.length === 0 || cells.some((cell) => cell !== ""));
  if (naturalWidth(used) <= width) return { text: draw(used, look.bold), leftOut: [] };
  const brief = columns
    .map((column) => cellsOf(column, rows, true))
    .filter(({ title }) => used.some((column) => column.title === title));
  const leftOut: string[] = [];
  const below = brief.filter((column) => column.below);
  for (let kept = brief.filter((column) => !column.below); ; ) {
    const [next] = kept.filter(({ optional }) => optional > 0).sort((a, b) => b.optional - a.optional);
    const fits = kept.reduce((sum, column) => sum + roomFor(column), gap * (kept.length - 1)) <= width;
    if (fits || (next === undefined && minWidth(kept) <= width)) {
      return { text: draw(wrapped(kept, width), look.bold, { columns: below, width }), leftOut };
    }
    if (next === undefined) return { text: blocks(used, width), leftOut: [] };
    leftOut.push(next.title);
    kept = kept.filter((column) => column !== next);
  }
}

function cellsOf<Row>(column: Column<Row>, rows: readonly Row[], isBrief: boolean): Cells {
  const value = isBrief && column.brief !== undefined ? column.brief : column.value;
  return {
    title: column.title,
    alignRight: column.alignRight === true,
    optional: column.optional ?? 0,
    cutTo: column.cutTo,
    below: column.below === true,
    room: column.room ?? 0,
    cells: rows.map((row) => safeText(String(value(row) ?? ""), { limit: maxCell })),
  };
}

function maxCellWidth({ title, cells }: Cells): number {
  return cells.reduce((most, cell) => Math.max(most, textWidth(cell)), textWidth(title));
}

function naturalWidth(columns: readonly Cells[]): number {
  return columns.reduce((sum, column) => sum + maxCellWidth(column), gap * (columns.length - 1));
}

function minCellWidth({ title, cells, cutTo }: Cells): number {
  const word = cells.reduce((most, cell) => Math.max(most, longestWord(cell)), 0);
  return Math.max(longestWord(title), cutTo === undefined ? word : Math.min(word, cutTo));
}

function roomFor(column: Cells): number {
  return Math.max(minCellWidth(column), Math.min(maxCellWidth(column), column.room));
}

function minWidth(columns: readonly Cells[]): number {
  return columns.reduce((sum, column) => sum + minCellWidth(column), gap * (columns.length - 1));
}

/** Shrinks the widest columns first until all fit: first those that may be cut, then the others. */
function wrapped(columns: readonly Cells[], width: number): Cells[] {
  const widths = columns.map(maxCellWidth);
  const minWidths = columns.map(minCellWidth);
  let excess = naturalWidth(columns) - width;
  for (const mayBeCut of [true, false]) {
    while (excess > 0) {
      let target = -1;
      for (const [index, cells] of widths.entries()) {
        if ((columns[index]?.cutTo !== undefined) !== mayBeCut) continue;
        if (cells > (minWidths[index] ?? 0) && cells > (widths[target] ?? 0)) target = index;
      }
      if (target < 0) break;
      widths[target] = (widths[target] ?? 0) - 1;
      excess -= 1;
    }
  }
  return columns.map((column, index) => {
    const room = widths[index] ?? 0;
    return {
      ...column,
      title: wrapWords(column.title, room).join("\n"),
      cells: column.cells.map((cell) =>
        column.cutTo === undefined ? wrapWords(cell, room).join("\n") : cutText(cell, room),
      ),
    };
  });
}

interface Below {
  readonly columns: readonly Cells[];
  readonly width: number;
}

function draw(columns: readonly Cells[], bold: boolean, below?: Below): string {
  const table = new Table({
    head: columns.map(({ title }) =>
      bold ? `\u001b[1m${title.replaceAll("\n", "\u001b[22m\n\u001b[1m")}\u001b[22m` : title,
    ),
    chars: bare,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    colAligns: columns.map(({ alignRight }) => (alignRight ? "right" : "left")),
  });
  const rows = columns[0]?.cells.length ?? 0;
  for (let row = 0; row < rows; row += 1) table.push(columns.map(({ cells }) => cells[row] ?? ""));
  const lines = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  if (below === undefined || below.columns.length === 0) return lines.join("\n");
  const heightOf = (cells: readonly string[]) => Math.max(1, ...cells.map((cell) => cell.split("\n").length));
  const out = lines.splice(0, heightOf(columns.map(({ title }) => title)));
  for (let row = 0; row < rows; row += 1) {
    out.push(...lines.splice(0, heightOf(columns.map(({ cells }) => cells[row] ?? ""))));
    out.push(...below.columns.flatMap((column) => linesBelow(column, row, below.width)));
  }
  return out.join("\n");
}

const belowIndent = "    ";

function linesBelow({ title, cells }: Cells, row: number, width: number): string[] {
  const cell = cells[row] ?? "";
  if (cell === "") return [];
  return wrapWords(`${title.toLowerCase()}: ${cell}`, width - belowIndent.length).map((line) => belowIndent + line);
}

const bare = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(gap),
};

/** For very narrow terminals: one line per value, and an empty line between rows. */
function blocks(columns: readonly Cells[], width: number): string {
  const titleWidth = Math.max(0, ...columns.map(({ title }) => textWidth(title)));
  const rows = columns[0]?.cells.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    columns
      .flatMap(({ title, cells }) => {
        const cell = cells[row] ?? "";
        if (cell === "") return [];
        const [first = "", ...rest] = wrapWords(cell, Math.max(1, width - titleWidth - gap));
        const margin = " ".repeat(titleWidth + gap);
        return [`${title.padEnd(titleWidth + gap)}${first}`, ...rest.map((line) => margin + line)];
      })
      .join("\n"),
  ).join("\n\n");
}
