import type { Connection } from "../core/connection.ts";
import type { ImportedDevice, ImportedService, TimedSighting } from "../core/imported.ts";

/** Where in a file something is wrong. */
export interface ImportFault {
  /** `line 12`, `record 3`, `table now, row 7`. */
  readonly where: string;
  readonly reason: string;
}

/** Takes what a reader finds in one file. */
export interface ImportSink {
  service(service: ImportedService): void;
  device(device: ImportedDevice): void;
  /** @param key what makes the record another one than those around it, without its time and place in the file */
  connection(connection: Omit<Connection, "id">, id: string | undefined): void;
  fault(fault: ImportFault): void;
}

/** The time of records that do not tell theirs, and the latest one that can be true. */
export interface FileTime {
  /** When the file was last written; milliseconds since the epoch. */
  readonly writtenAt: number;
  readonly now: number;
}

/** A service that was seen at one time: its own, or where that is not told or lies ahead, that of the file. */
export function serviceAt(sighting: TimedSighting, time: FileTime): ImportedService {
  const { seenAt, unconfirmed: _, ...rest } = sighting;
  const at = believable(seenAt, time);
  return { ...rest, firstSeen: at, lastSeen: at };
}

export function believable(at: number | undefined, { writtenAt, now }: FileTime): number {
  return at === undefined || at > now || at < 0 ? Math.min(writtenAt, now) : at;
}
