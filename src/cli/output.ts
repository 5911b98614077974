import Table from "cli-table3";
import { safeText } from "../core/safe-text.ts";

/** Results go to standard output, everything else to standard error. A reader that left early (`| head`) is no error. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function note(text: string): void {
  process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function quietlyEndOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

/** Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org). */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const noColour = process.env["NO_COLOR"];
  return stream.isTTY === true && (noColour === undefined || noColour === "") && process.env["TERM"] !== "dumb";
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | undefined;
  readonly alignRight?: boolean;
}

/** A table without frames, so that it reads well and cuts well. Every cell is made safe and kept on one line. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
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
    middle: "  ",
  };
  const bold = wantsColour(process.stdout);
  const table = new Table({
    head: columns.map((column) => (bold ? `\u001b[1m${column.title}\u001b[22m` : column.title)),
    chars: bare,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    colAligns: columns.map((column) => (column.alignRight === true ? "right" : "left")),
  });
  for (const row of rows)
    table.push(columns.map((column) => safeText(String(column.value(row) ?? ""), { limit: 200 })));
  print(
    table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n"),
  );
}

/** Local time as `2026-01-31 08:00:00`; empty where unknown. */
export function formatTime(instant: number | undefined): string {
  if (instant === undefined) return "";
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
