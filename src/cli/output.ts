import { type Column, layOutTable } from "./table.ts";
import { foldIndented, foldText } from "./text-width.ts";

/** Results go to standard output, everything else to standard error. A reader that exits early (`| head`) is not an error. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Wraps long sentences on a terminal. Indented lines may be commands: only their explanations are wrapped. */
export function note(text: string): void {
  const look = terminalWidth(process.stderr);
  const lines = text.split("\n");
  const folded =
    look === undefined
      ? lines
      : lines.map((line) => (line.startsWith(" ") ? foldIndented(line, look.width) : foldText(line, look.width, 2)));
  const whole = folded.join("\n");
  process.stderr.write(whole.endsWith("\n") ? whole : `${whole}\n`);
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

export { plural } from "../present/text/plural.ts";
export { briefSeconds, briefTime, dayOrTime, formatTime } from "../present/text/time-text.ts";
export type { Column } from "./table.ts";

/** A table on standard output: fitted to the width of a terminal, otherwise one line per row. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const { text, leftOut } = layOutTable(columns, rows, {
    ...(terminalWidth(process.stdout) ?? {}),
    bold: wantsColour(process.stdout),
  });
  print(text);
  if (leftOut.length > 0)
    note(`Columns hidden because the terminal is too narrow: ${leftOut.join(", ")}. --json shows all.`);
}

/**
 * Prints prose, wrapped on a terminal.
 * @param deeper extra indentation of continuation lines, in cells
 */
export function printText(text: string, deeper = 4): void {
  const look = terminalWidth(process.stdout);
  print(look === undefined ? text : foldText(text, look.width, deeper));
}

function terminalWidth(stream: NodeJS.WriteStream): { readonly width: number } | undefined {
  return stream.isTTY === true && stream.columns > 0 ? { width: stream.columns } : undefined;
}

/** Local time as `2026-01-31 08:00:00`; empty where unknown. */
export function formatTime(instant: number | undefined): string {
  if (instant === undefined) return "";
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Short form: `01-31 08:00`; in another year `2025-01-31`. */
export function briefTime(instant: number | undefined, now = Date.now()): string {
  const text = formatTime(instant);
  return text.slice(0, 4) === formatTime(now).slice(0, 4) ? text.slice(5, 16) : text.slice(0, 10);
}

/** With seconds: `01-31 08:00:00`; in another year the full time. */
export function briefSeconds(instant: number, now = Date.now()): string {
  const text = formatTime(instant);
  return text.slice(0, 4) === formatTime(now).slice(0, 4) ? text.slice(5) : text;
}

/** Shortest form: `08:00` today, `01-31` on another day, `2025-01-31` in another year. */
export function dayOrTime(instant: number | undefined, now = Date.now()): string {
  const [day = "", time = ""] = formatTime(instant).split(" ");
  if (day === formatTime(now).slice(0, 10)) return time.slice(0, 5);
  return day.slice(0, 4) === formatTime(now).slice(0, 4) ? day.slice(5) : day;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
