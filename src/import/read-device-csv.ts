import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { messageOf } from "../core/errors.ts";
import { type Row, readNetalertxDevice } from "../wire/netalertx/parse.ts";
import type { ImportSink } from "./sink.ts";

/** Maximum number of characters per row. */
const maxRowLength = 1024 * 1024;

/**
 * Reads `devices.csv` of NetAlertX and Pi.Alert. The first line decides the separator. An unreadable row is reported and
 * skipped.
 */
export async function readDeviceCsv(
  pieces: AsyncIterable<string>,
  { firstLine }: { readonly firstLine: string },
  sink: ImportSink,
): Promise<void> {
  const delimiter = [",", ";", "\t"].find((each) => firstLine.includes(each)) ?? ",";
  const parser = parse({
    delimiter,
    columns: true,
    info: true,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: maxRowLength,
  });
  parser.on("skip", (error) => sink.fault({ where: `line ${error?.lines ?? "?"}`, reason: messageOf(error) }));
  const rows: AsyncIterable<{ readonly record: Row; readonly info: { readonly lines: number } }> =
    Readable.from(pieces).pipe(parser);
  try {
    for await (const { record, info } of rows) {
      const reading = readNetalertxDevice(record);
      if (reading.kind === "device") sink.device(reading.device);
      else if (reading.kind === "bad") sink.fault({ where: `line ${info.lines}`, reason: reading.reason });
    }
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    sink.fault({ where: "the rest of the file", reason: messageOf(error) });
  }
}
