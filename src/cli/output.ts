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
  const width = terminalWidth(process.stderr);
  const lines = text.split("\n");
  const folded =
    width === undefined
      ? lines
      : lines.map((line) => (line.startsWith(" ") ? foldIndented(line, width) : foldText(line, width, 2)));
  const whole = folded.join("\n");
  process.stderr.write(whole.endsWith("\n") ? whole : `${whole}\n`);
}

/** A reader that has left is none; a full disk is an error. */
export function exitOnClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    note(`harbinger: cannot write the results to standard output: ${error.message}`);
    process.exit(1);
  });
}

/** Colour only on a terminal, and never where NO_COLOR is set (https://no-color.org). */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const noColour = process.env["NO_COLOR"];
  return stream.isTTY === true && (noColour === undefined || noColour === "") && process.env["TERM"] !== "dumb";
}

/** A table on standard output: fitted to the width of a terminal, otherwise one line per row. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const { text, leftOut } = layOutTable(columns, rows, {
    width: terminalWidth(process.stdout),
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
  const width = terminalWidth(process.stdout);
  print(width === undefined ? text : foldText(text, width, deeper));
}

function terminalWidth(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : undefined;
}
