import { parseAddress } from "../core/address.ts";
import { messageOf } from "../core/errors.ts";
import type { DeviceReading } from "../core/imported.ts";
import { isPort, type Port } from "../core/ports.ts";
import { netalertxColumns, readNetalertxDevice } from "../wire/netalertx/parse.ts";
import { localTimeOf, textOf } from "../wire/record-fields.ts";
import { readWatchyourlanHost, watchyourlanColumns } from "../wire/watchyourlan/parse.ts";
import type { ForeignDatabase, ForeignRow } from "./foreign-database.ts";
import { type FileTime, type ImportSink, plausibleTime } from "./sink.ts";

export type DatabaseFormat = "legacy-database" | "netalertx-database" | "watchyourlan-database";

/** Identifies a database by its tables. `ours`: a database of this program. */
export function recogniseDatabase(database: ForeignDatabase): DatabaseFormat | "ours" | undefined {
  const tables = database.tables;
  if (tables.includes("meta") && tables.includes("presence")) return "ours";
  if (tables.some((table) => legacyPort(table) !== undefined)) return "legacy-database";
  if (tables.includes("Devices") && macColumn(database) !== undefined) return "netalertx-database";
  if (tables.includes("now") && existingColumns(database, "now", ["MAC"]).length === 1) return "watchyourlan-database";
  return undefined;
}

export function readDatabase(
  database: ForeignDatabase,
  { format, time, signal }: { readonly format: DatabaseFormat; readonly time: FileTime; readonly signal: AbortSignal },
  sink: ImportSink,
): void {
  const tables = tablesOf(database, format);
  if (tables.length === 0) sink.fault({ where: "the whole file", reason: "it has no table of this format" });
  for (const { table, columns, take } of tables) {
    let row = 0;
    try {
      for (const cells of database.rows(table, columns)) {
        row += 1;
        signal.throwIfAborted();
        const reason = take(cells, time, sink);
        if (reason !== undefined) sink.fault({ where: `table ${table}, row ${row}`, reason });
      }
    } catch (error) {
      if (signal.aborted) throw error;
      sink.fault({ where: `table ${table}, after row ${row}`, reason: messageOf(error) });
    }
  }
}

interface ReadTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** @returns the fault of the row, if any */
  readonly take: (row: ForeignRow, time: FileTime, sink: ImportSink) => string | undefined;
}

function tablesOf(database: ForeignDatabase, format: DatabaseFormat): readonly ReadTable[] {
  switch (format) {
    case "legacy-database":
      return database.tables.flatMap((table) => {
        const port = legacyPort(table);
        const columns = existingColumns(database, table, ["ip_address", "first_seen", "last_seen"]);
        return port === undefined || !columns.includes("ip_address")
          ? []
          : [{ table, columns, take: (row, time, sink) => takeHost(row, port, { time, sink }) }];
      });
    case "netalertx-database": {
      const columns = existingColumns(database, "Devices", Object.values(netalertxColumns).flat());
      return columns.length === 0 ? [] : [{ table: "Devices", columns, take: takeDevice(readNetalertxDevice) }];
    }
    case "watchyourlan-database":
      return ["now", "history"]
        .filter((table) => database.tables.includes(table))
        .map((table) => ({ table, columns: existingColumns(database, table, watchyourlanColumns) }))
        .filter(({ columns }) => columns.includes("MAC"))
        .map(({ table, columns }) => ({ table, columns, take: takeDevice(readWatchyourlanHost) }));
  }
}

function existingColumns(database: ForeignDatabase, table: string, wanted: readonly string[]): readonly string[] {
  const columns = new Set(database.columns(table));
  return wanted.filter((column) => columns.has(column));
}

function macColumn(database: ForeignDatabase): string | undefined {
  return existingColumns(database, "Devices", netalertxColumns.mac)[0];
}

function legacyPort(table: string): Port | undefined {
  const port = Number(/^hosts_port_([1-9]\d{0,4})$/.exec(table)?.[1] ?? 0);
  return isPort(port) ? port : undefined;
}

/** A host of the earlier tool, whose times are local. */
function takeHost(
  row: ForeignRow,
  port: Port,
  { time, sink }: { readonly time: FileTime; readonly sink: ImportSink },
): string | undefined {
  const address = parseAddress(textOf(row["ip_address"]) ?? "");
  if (address === undefined) return "ip_address is not an address";
  const firstSeen = plausibleTime(localTimeOf(row["first_seen"]), time);
  const lastSeen = Math.max(plausibleTime(localTimeOf(row["last_seen"]) ?? firstSeen, time), firstSeen);
  sink.service({ address, port, firstSeen, lastSeen });
  return undefined;
}

function takeDevice(read: (row: ForeignRow) => DeviceReading): ReadTable["take"] {
  return (row, _time, sink) => {
    const reading = read(row);
    if (reading.kind === "device") sink.device(reading.device);
    return reading.kind === "bad" ? reading.reason : undefined;
  };
}
