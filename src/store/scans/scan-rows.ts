import { type Kysely, type Selectable, sql } from "kysely";
import type { EventPosition } from "../../core/event.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import type { Tables } from "../tables.ts";

/** Scans with the names of their watches. Examinations and surveys are not scans. */
export function selectScans(reader: Kysely<Tables>) {
  return reader
    .selectFrom("scans")
    .innerJoin("watches", "watches.id", "scans.watch_id")
    .selectAll("scans")
    .select("watches.name as watch")
    .where("scans.status", "!=", "examined")
    .$narrowType<{ status: ScanRecord["status"] }>();
}

type ScanRow = Selectable<Tables["scans"]> & Pick<ScanRecord, "watch" | "status">;

export function toScan(row: ScanRow): ScanRecord {
  return {
    id: row.id,
    watch: row.watch,
    engine: row.engine,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    status: row.status,
    reason: row.reason ?? undefined,
    notes: readTexts(row.notes),
    sighted: row.sighted,
    coverage: row.coverage ?? undefined,
  };
}

/** A scan that began or ended. */
export interface ScanChange {
  readonly change: number;
  /** Sorts changes with the same number: even, as those of deliveries are odd. */
  readonly row: number;
  readonly scan: ScanRecord;
}

/** The next changes of scans after a position, in order. */
export async function selectScanChanges(
  reader: Kysely<Tables>,
  { change, row }: EventPosition,
  limit: number,
): Promise<readonly ScanChange[]> {
  const rows = await selectScans(reader)
    .where("scans.changed", ">=", change)
    .where(sql<boolean>`(scans.changed > ${change} or scans.id * 2 > ${row})`)
    .orderBy("scans.changed")
    .orderBy("scans.id")
    .limit(limit)
    .execute();
  return rows.map((each) => ({ change: each.changed ?? 0, row: each.id * 2, scan: toScan(each) }));
}

function readTexts(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
