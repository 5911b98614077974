import type { DeviceReading, ScanRecordReading } from "../core/imported.ts";
import { type JsonRecord, JsonRecords } from "../wire/json-records/parse.ts";
import { readMasscanRecord } from "../wire/masscan/parse.ts";
import { readNaabuRecord } from "../wire/naabu/parse.ts";
import { isRecord } from "../wire/record-fields.ts";
import { readScanRecord } from "../wire/scan-json/parse.ts";
import { readWatchyourlanHost } from "../wire/watchyourlan/parse.ts";
import { type FileTime, type ImportSink, serviceAt } from "./sink.ts";

export type RecordFormat = "masscan-json" | "naabu-json" | "scan-json" | "watchyourlan-json";

const readers: { readonly [Format in RecordFormat]: (value: unknown) => ScanRecordReading | DeviceReading } = {
  "masscan-json": readMasscanRecord,
  "naabu-json": readNaabuRecord,
  "scan-json": readScanRecord,
  "watchyourlan-json": (value) =>
    isRecord(value) ? readWatchyourlanHost(value) : { kind: "bad", reason: "not an object" },
};

/** Reads formats that are a sequence of JSON objects. */
export async function readRecords(
  pieces: AsyncIterable<string>,
  { format, time }: { readonly format: RecordFormat; readonly time: FileTime },
  sink: ImportSink,
): Promise<void> {
  const records = new JsonRecords();
  const take = (found: readonly JsonRecord[]) => {
    for (const record of found) {
      const reading = record.kind === "record" ? readers[format](record.value) : record;
      if (reading.kind === "bad") sink.fault({ where: `line ${record.line}`, reason: reading.reason });
      else if (reading.kind === "device") sink.device(reading.device);
      else if (reading.kind === "sightings") {
        for (const sighting of reading.sightings) sink.service(serviceAt(sighting, time));
      }
    }
  };
  for await (const piece of pieces) take(records.write(piece));
  take(records.end());
}
