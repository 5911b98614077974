import type { Connection } from "../core/connection.ts";
import type { ImportedDevice, ImportedService, TimedSighting } from "../core/imported.ts";

/** A record that cannot be used, with its place in the file. */
export interface ImportFault {
  /** `line 12`, `record 3`, `table now, row 7`. */
  readonly where: string;
  readonly reason: string;
}

/** Receives the records of one file. */
export interface ImportSink {
  service(service: ImportedService): void;
  device(device: ImportedDevice): void;
  /** @param id identifies the record; `undefined` if it has none */
  connection(connection: Omit<Connection, "id">, id: string | undefined): void;
  fault(fault: ImportFault): void;
}

/** The time of records without one, and the latest plausible time. */
export interface FileTime {
  /** When the file was last written; milliseconds since the epoch. */
  readonly writtenAt: number;
  readonly now: number;
}

/** A service seen at one time: the time of the record, or that of the file if the record has none or one in the future. */
export function serviceAt(sighting: TimedSighting, time: FileTime): ImportedService {
  const { seenAt, unconfirmed: _, ...rest } = sighting;
  const at = plausibleTime(seenAt, time);
  return { ...rest, firstSeen: at, lastSeen: at };
}

/** The time of a record; that of the file if the record has none or an impossible one. */
export function plausibleTime(at: number | undefined, { writtenAt, now }: FileTime): number {
  return at === undefined || at > now || at < 0 ? Math.min(writtenAt, now) : at;
}
