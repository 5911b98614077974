/** Whole lists as files: JSON lines or CSV. They are read page by page, as fast as the client takes them. */
import { Readable } from "node:stream";
import { stringify } from "csv-stringify/sync";
import * as z from "zod";
import { hostLiteral } from "../../core/host-literal.ts";

export type ExportFormat = "json" | "jsonl" | "csv";

/** The parameter decides, then the header; browsers send many types, but none of these. */
export function formatOf(parameter: ExportFormat | undefined, accept: string | undefined): ExportFormat {
  if (parameter !== undefined) return parameter;
  const types = accept?.slice(0, 200).toLowerCase() ?? "";
  if (types.includes("text/csv")) return "csv";
  return types.includes("application/x-ndjson") || types.includes("application/jsonl") ? "jsonl" : "json";
}

export interface Export<Row extends object> {
  readonly rowSchema: z.ZodObject;
  readonly pages: AsyncIterable<readonly Row[]>;
  /** For a last column `words` of CSV: a row in a few words, where its fields differ too much for columns. */
  readonly inWords?: ((row: Row) => string) | undefined;
}

/** Larger ones would hide from the limit on slow clients how much of a page they have taken. */
const pieceBytes = 64 * 1024;

export function exportedRows<Row extends object>(
  format: Exclude<ExportFormat, "json">,
  { rowSchema, pages, inWords }: Export<Row>,
): Readable {
  const chunks = format === "csv" ? csvChunks(columnsOf(rowSchema), { pages, inWords }) : jsonChunks(pages);
  return Readable.from(pieces(chunks), { objectMode: false });
}

async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes);
  }
}

async function* jsonChunks(pages: AsyncIterable<readonly object[]>): AsyncGenerator<Buffer> {
  for await (const rows of pages) {
    if (rows.length > 0) yield Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}

async function* csvChunks<Row extends object>(
  columns: readonly Column[],
  { pages, inWords }: Pick<Export<Row>, "pages" | "inWords">,
): AsyncGenerator<Buffer> {
  const names = columns.map((column) => column.join("."));
  yield Buffer.from(csvLines([inWords === undefined ? names : [...names, "words"]]));
  const cellsOf = (row: Row): readonly string[] => {
    const cells = columns.map((column) => cellOf(row, column));
    return inWords === undefined ? cells : [...cells, harmless(inWords(row))];
  };
  for await (const rows of pages) if (rows.length > 0) yield Buffer.from(csvLines(rows.map(cellsOf)));
}

/** RFC 4180. */
function csvLines(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    // The library quotes of itself only what contains the whole delimiter, and readers end a record at a line feed alone, too.
    { record_delimiter: "\r\n", quoted_match: /[\r\n]/ },
  );
}

/** The path to a value in the JSON of a row. */
type Column = readonly string[];

/** Fields of objects in the row are columns of their own: `peer.address`. */
function columnsOf(schema: z.ZodObject): readonly Column[] {
  return Object.entries(schema.shape).flatMap(([name, field]): readonly Column[] => {
    const inner = unwrapped(field);
    if (!(inner instanceof z.ZodObject)) return [[name]];
    return columnsOf(inner).map((column) => [name, ...column]);
  });
}

function unwrapped(field: unknown): unknown {
  let inner = field;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodReadonly)
    inner = inner.unwrap();
  return inner;
}

function cellOf(row: object, column: Column): string {
  let value: unknown = row;
  for (const name of column) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  }
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return harmless(value);
  if (Array.isArray(value)) {
    const names = value.filter(isNow).map(nameIn);
    if (names.every((name) => name !== undefined)) return harmless(names.join(" "));
  }
  return typeof value === "object" ? withoutInnerFormulas(JSON.stringify(value)) : String(value);
}

/** A certificate has those services, too, that presented it earlier: a cell has no place to say so. */
function isNow(entry: unknown): boolean {
  return typeof entry !== "object" || entry === null || Reflect.get(entry, "current") !== false;
}

/** An entry of a list in a cell: a text, or of an object what it is about, a watch or a service. */
function nameIn(entry: unknown): string | undefined {
  if (typeof entry === "string") return entry;
  if (typeof entry !== "object" || entry === null) return undefined;
  const { watch, address, port } = entry as Readonly<Record<string, unknown>>;
  if (typeof watch === "string") return watch;
  if (typeof address !== "string" || typeof port !== "number") return undefined;
  return `${hostLiteral(address)}:${port}`;
}

/** What a spreadsheet skips before a formula: blanks, and what is not shown. */
const skipped = "[\\s\\p{Cc}\\p{Cf}\\p{DI}\\u2800]";
const formulaSign = "[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20]";
const formulaStart = new RegExp(`^(?:[\\t\\r\\n]|${skipped}*${formulaSign})`, "v");
/**
 * Where the list separator of the system is a semicolon, as in much of Europe, a cell begins behind it, and at each line: quotation marks
 * count there at the start of a cell alone.
 */
const innerFormulas = new RegExp(`([;\\r\\n])(?=[${skipped}--[\\r\\n]]*${formulaSign})`, "gv");

/**
 * A spreadsheet runs a cell that begins like a formula, some also behind blanks and what is not shown, and names, banners and payloads come from strangers. An apostrophe makes
 * it text. Numbers stay as they are.
 */
function harmless(text: string): string {
  return withoutInnerFormulas(formulaStart.test(text) ? `'${text}` : text);
}

function withoutInnerFormulas(text: string): string {
  return text.replace(innerFormulas, "$1'");
}
