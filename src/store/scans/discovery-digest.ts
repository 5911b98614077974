/** What the overview shows of the latest discoveries: two passes count them, and the newest are looked up by their numbers. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Discovery } from "../../core/discovery.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import {
  type DiscoveryDigest,
  type DiscoveryDigestQuery,
  type FirstScan,
  maxCountedDiscoveries,
  type NewestDiscoveries,
} from "../../core/store.ts";
import type { Tables } from "../tables.ts";
import { hasEnded } from "./ended-discoveries.ts";
import { conditionsOf, selectDiscoveries } from "./select-discoveries.ts";

export async function readDigest(reader: Kysely<Tables>, query: DiscoveryDigestQuery): Promise<DiscoveryDigest> {
  const found = await recentGroups(reader, query);
  const later = found.filter(({ first_scan: scan }) => scan === null);
  const counts = later
    .map(({ kind, count, over }) => ({ kind, count, over }))
    .toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
  const open = await countOpen(reader, query);
  const { since, unacknowledgedSince, urgentKinds: kinds, limit } = query;
  return {
    counts,
    firstScans: await firstScansOf(reader, found, query.maxFirstScans),
    recent: await newest(reader, {
      numbers: numbersOf(later),
      since,
      limit,
      where: conditionsOf({ firstScan: false }),
    }),
    unacknowledged: open.count,
    urgent: await newest(reader, {
      numbers: open.urgent,
      since: unacknowledgedSince,
      limit,
      where: conditionsOf({ kinds, acknowledged: false, muted: false, ended: false }),
    }),
  };
}

/** By number, which follows the time: there is no index by time. */
const latestDiscoveries = sql`(
  select e.id, e.kind, e.at, e.scan_id, e.watch_id, e.is_first_scan, e.muted_until, e.endpoint, e.ended_at
  from discoveries e order by e.id desc limit ${sql.lit(maxCountedDiscoveries)})`;

/** Discoveries of one kind: those of one first scan, or those of all other scans. */
interface RecentGroup extends Numbers {
  readonly kind: DiscoveryKind;
  readonly first_scan: number | null;
  readonly watch_id: number | null;
  readonly at: number;
  /** How many of them have ended. */
  readonly over: number;
}

/** How many rows there are, and between which numbers they are. */
interface Numbers {
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
}

async function recentGroups(reader: Kysely<Tables>, { since }: DiscoveryDigestQuery): Promise<readonly RecentGroup[]> {
  const ofFirstScan = (column: string) => sql`case when d.is_first_scan = 1 then ${sql.ref(`d.${column}`)} end`;
  const { rows } = await sql<Omit<RecentGroup, "over"> & { readonly over_count: number }>`
    select d.kind, ${ofFirstScan("scan_id")} as first_scan, ${ofFirstScan("watch_id")} as watch_id, max(d.at) as at,
      count(*) as count, count(*) filter (where ${hasEnded("d")}) as over_count, min(d.id) as lowest, max(d.id) as highest
    from ${latestDiscoveries} d where d.at >= ${since} group by 1, 2, 3`.execute(reader);
  return rows.map(({ kind, first_scan: scan, watch_id: watch, at, over_count: over, ...numbers }) => ({
    kind,
    first_scan: scan === null ? null : Number(scan),
    watch_id: watch === null ? null : Number(watch),
    at: Number(at),
    over: Number(over),
    ...toNumbers(numbers),
  }));
}

/** Those that nobody acknowledged and no mute covers: outside of first scans, and what is urgent and has not ended in any scan. */
async function countOpen(
  reader: Kysely<Tables>,
  { unacknowledgedSince, urgentKinds }: DiscoveryDigestQuery,
): Promise<{ readonly count: number; readonly urgent: Numbers | undefined }> {
  const isLater = sql`d.is_first_scan = 0`;
  const isUrgent =
    urgentKinds.length === 0 ? sql`1 = 0` : sql`(d.kind in (${sql.join(urgentKinds)}) and not ${hasEnded("d")})`;
  const where = [
    sql`d.at >= ${unacknowledgedSince}`,
    sql`(${isLater} or ${isUrgent})`,
    ...conditionsOf({ acknowledged: false, muted: false }),
  ];
  const { rows } = await sql<{ all: number; count: number; lowest: number | null; highest: number | null }>`
    select count(*) filter (where ${isLater}) as "all", count(*) filter (where ${isUrgent}) as count,
      min(d.id) filter (where ${isUrgent}) as lowest, max(d.id) filter (where ${isUrgent}) as highest
    from ${latestDiscoveries} d where ${sql.join(where, sql` and `)}`.execute(reader);
  const [found] = rows;
  if (found === undefined) return { count: 0, urgent: undefined };
  const { count, lowest, highest } = found;
  const urgent = lowest === null || highest === null ? undefined : toNumbers({ count, lowest, highest });
  return { count: Number(found.all), urgent };
}

/** PostgreSQL sends large numbers as text where its client is not told otherwise. */
function toNumbers({ count, lowest, highest }: Numbers): Numbers {
  return { count: Number(count), lowest: Number(lowest), highest: Number(highest) };
}

function numbersOf(groups: readonly Numbers[]): Numbers | undefined {
  if (groups.length === 0) return undefined;
  return {
    count: groups.reduce((sum, { count }) => sum + count, 0),
    lowest: Math.min(...groups.map(({ lowest }) => lowest)),
    highest: Math.max(...groups.map(({ highest }) => highest)),
  };
}

/** The newest of those that were counted, from the highest number down: as many as there are, so that no other row is read in vain. */
async function newest(
  reader: Kysely<Tables>,
  {
    numbers,
    since,
    limit,
    where,
  }: {
    readonly numbers: Numbers | undefined;
    readonly since: number;
    readonly limit: number;
    readonly where: readonly RawBuilder<unknown>[];
  },
): Promise<NewestDiscoveries> {
  if (numbers === undefined) return { count: 0, newest: [] };
  const { count, lowest, highest } = numbers;
  const all = [sql`d.id between ${lowest} and ${highest}`, sql`d.at >= ${since}`, ...where];
  const rows: readonly Discovery[] = await selectDiscoveries(
    reader,
    sql`where ${sql.join(all, sql` and `)} order by d.id desc limit ${Math.min(limit, count)}`,
  );
  return { count, newest: rows };
}

/** The newest scan first. */
async function firstScansOf(
  reader: Kysely<Tables>,
  groups: readonly RecentGroup[],
  limit: number,
): Promise<readonly FirstScan[]> {
  const byScan = Map.groupBy(groups, ({ first_scan: scan }) => scan);
  byScan.delete(null);
  const scans = [...byScan].flatMap(([scanId, kinds]) => (scanId === null ? [] : [{ scanId, kinds }]));
  const last = scans.toSorted((one, other) => other.scanId - one.scanId).slice(0, limit);
  if (last.length === 0) return [];
  const watches = await reader
    .selectFrom("watches")
    .select(["id", "name"])
    .where(
      "id",
      "in",
      last.flatMap(({ kinds }) => kinds[0]?.watch_id ?? []),
    )
    .execute();
  const names = new Map(watches.map(({ id, name }) => [Number(id), name]));
  return last.flatMap(({ scanId, kinds }) => {
    const watch = names.get(kinds[0]?.watch_id ?? -1);
    if (watch === undefined) return [];
    const countOf = (wanted: DiscoveryKind) => kinds.find(({ kind }) => kind === wanted)?.count ?? 0;
    const at = Math.max(...kinds.map((each) => each.at));
    return { scanId, watch, at, devices: countOf("device-new"), openPorts: countOf("new") };
  });
}
