import { safeText } from "../core/safe-text.ts";
import { ForeignDatabase } from "./foreign-database.ts";
import type { ImportFormat } from "./format.ts";
import type { Gathered } from "./gathered.ts";
import { type ImportFile, textOfFile } from "./import-file.ts";
import { type DatabaseFormat, readDatabase, recogniseDatabase } from "./read-databases.ts";
import { readDeviceCsv } from "./read-device-csv.ts";
import { readLines } from "./read-lines.ts";
import { readNmapXml } from "./read-nmap-xml.ts";
import { readRecords } from "./read-records.ts";
import { recognise } from "./recognise.ts";
import type { ImportFault, ImportSink } from "./sink.ts";

/** Formats of results; the others are configurations. */
export type DataFormat = Exclude<ImportFormat, "harbinger-yaml" | "portwatcher-env">;

export type FileKind =
  | { readonly kind: "data"; readonly format: DataFormat }
  | { readonly kind: "configuration"; readonly format: "harbinger-yaml" | "portwatcher-env" }
  /** `reason` follows the name of the file: `is empty`. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface FileReading {
  readonly records: number;
  /** At most {@link maxReportedFaults}. */
  readonly faults: readonly ImportFault[];
  readonly faultCount: number;
}

/** Maximum number of faults reported individually per file. */
const maxReportedFaults = 5;

/** The format of a file, by its content or by `--format`. */
export function kindOf(file: ImportFile, forced: ImportFormat | undefined): FileKind {
  if (forced !== undefined) return kindOfFormat(forced);
  const found = recognise(file.head);
  if (found.kind === "unknown") return found;
  if (found.kind === "format") return kindOfFormat(found.format);
  const opened = ForeignDatabase.open(file.path);
  if (opened.kind === "bad") return { kind: "unknown", reason: `is ${opened.reason}` };
  using database = opened.database;
  const format = recogniseDatabase(database);
  if (format === "ours") return { kind: "unknown", reason: "is a database of this program; use harbinger restore" };
  if (format === undefined) return { kind: "unknown", reason: "is a database of an unknown program" };
  return { kind: "data", format };
}

function kindOfFormat(format: ImportFormat): FileKind {
  return format === "harbinger-yaml" || format === "portwatcher-env"
    ? { kind: "configuration", format }
    : { kind: "data", format };
}

export interface GatherOptions {
  readonly format: DataFormat;
  /** Identifies the file. */
  readonly index: number;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Reads one file into `gathered`. Faults are reported, and the rest is read. */
export async function gatherFile(file: ImportFile, gathered: Gathered, options: GatherOptions): Promise<FileReading> {
  const faults: ImportFault[] = [];
  let faultCount = 0;
  let records = 0;
  const counting = (add: () => void) => {
    records += 1;
    add();
  };
  const sink: ImportSink = {
    service: (service) => counting(() => gathered.addService(service)),
    device: (device) => counting(() => gathered.addDevice(device)),
    connection: (connection, id) => counting(() => gathered.addConnection(connection, id, options.index)),
    fault({ where, reason }) {
      faultCount += 1;
      if (faults.length < maxReportedFaults) faults.push({ where, reason: safeText(reason, { limit: 200 }) });
    },
  };
  await read(file, sink, options);
  return { records, faults, faultCount };
}

async function read(file: ImportFile, sink: ImportSink, options: GatherOptions): Promise<void> {
  const { format } = options;
  const { time } = file;
  switch (format) {
    case "legacy-database":
    case "netalertx-database":
    case "watchyourlan-database":
      return readFrom(file, sink, { ...options, format });
    case "nmap-xml":
      return readNmapXml(textOfFile(file, options), time, sink);
    case "netalertx-csv": {
      const [firstLine = ""] = Buffer.from(file.head).toString("utf8").split("\n", 1);
      return readDeviceCsv(textOfFile(file, options), { firstLine }, sink);
    }
    case "masscan-json":
    case "naabu-json":
    case "scan-json":
    case "watchyourlan-json":
      return readRecords(textOfFile(file, options), { format, time }, sink);
    case "masscan-list":
    case "nmap-grepable":
    case "portwatcher-log":
      return readLines(textOfFile(file, options), { format, time }, sink);
  }
}

function readFrom(
  file: ImportFile,
  sink: ImportSink,
  options: GatherOptions & { readonly format: DatabaseFormat },
): void {
  const opened = ForeignDatabase.open(file.path);
  if (opened.kind === "bad") {
    sink.fault({ where: "the whole file", reason: opened.reason });
    return;
  }
  using database = opened.database;
  readDatabase(database, { format: options.format, time: file.time, signal: options.signal }, sink);
  options.onBytes(file.size);
}
