import { type Kysely, type RawBuilder, sql } from "kysely";
import { pastClaim } from "../../core/claimed-addresses.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import type { DiscoveryQuery } from "../../core/store.ts";
import { withDevices } from "../devices/device-briefs.ts";
import { addressOf, portOf } from "../keys/endpoint.ts";
import { ipv6Join } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { goneSince, hasEnded, isOfAnyGoneService, isOfGoneService, wasFoundAgain } from "./ended-discoveries.ts";

/** Over `d`, discoveries. */
export function conditionsOf({
  kinds,
  firstScan,
  acknowledged,
  muted,
  ended,
}: Pick<DiscoveryQuery, "kinds" | "firstScan" | "acknowledged" | "muted" | "ended">): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  if (kinds !== undefined) where.push(sql`d.kind in (${sql.join(kinds)})`);
  if (firstScan !== undefined) where.push(sql`d.is_first_scan = ${firstScan ? 1 : 0}`);
  if (acknowledged === true) where.push(sql`d.id in (select k.discovery_id from acknowledgements k)`);
  if (acknowledged === false)
    where.push(sql`not exists (select 1 from acknowledgements k where k.discovery_id = d.id)`);
  if (muted !== undefined) where.push(muted ? sql`d.muted_until is not null` : sql`d.muted_until is null`);
  if (ended !== undefined) where.push(ended ? hasEnded("d") : sql`not ${hasEnded("d")}`);
  return where;
}

interface DiscoveryRow {
  readonly id: number;
  readonly watch: string;
  readonly scan_id: number;
  readonly kind: DiscoveryKind;
  readonly at: number;
  readonly endpoint: number | null;
  readonly ipv6: string | null;
  readonly first_seen: number | null;
  readonly last_seen: number | null;
  readonly detail: string | null;
  readonly evidence: string | null;
  readonly is_first_scan: number;
  readonly hostname: string | null;
  readonly mac: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly version: string | null;
  readonly device: string | null;
  readonly is_known_host: number | null;
  readonly muted_until: number | null;
  readonly acknowledged_at: number | null;
  readonly acknowledged_by: string | null;
  readonly note: string | null;
  readonly ended_at: number | null;
  readonly was_found_again: number;
  readonly is_of_gone_service: number;
  readonly gone_at: number | null;
}

/**
 * @param rest `where`, `order by` and `limit` over `d` (discoveries), `w` (watches), `a` (ipv6_addresses)
 * @param goneOf `all`: a discovery of every kind ends while its service is gone, and not only one that says how the service is
 */
export async function selectDiscoveries(
  reader: Kysely<Tables>,
  rest: RawBuilder<unknown>,
  goneOf: "kinds that end" | "all" = "kinds that end",
): Promise<readonly Discovery[]> {
  const isGone = goneOf === "all" ? isOfAnyGoneService("d") : isOfGoneService("d");
  const { rows } = await sql<DiscoveryRow>`
    select d.id, w.name as watch, d.scan_id, d.kind, d.at, d.endpoint, a.address as ipv6, d.first_seen, d.last_seen,
      d.detail, d.evidence, d.is_first_scan, d.device, d.is_known_host, d.muted_until, d.ended_at,
      case when d.ended_at is not null and ${wasFoundAgain("d")} then 1 else 0 end as was_found_again,
      case when ${isGone} then 1 else 0 end as is_of_gone_service,
      case when ${isGone} then ${goneSince("d")} end as gone_at,
      k.at as acknowledged_at, k.acknowledged_by, k.note, s.hostname, s.mac, s.vendor, s.product, s.version
    from discoveries d
    join watches w on w.id = d.watch_id
    left join acknowledgements k on k.discovery_id = d.id
    left join services s on s.site = w.site and s.endpoint = d.endpoint
    ${ipv6Join("d")}
    ${rest}`.execute(reader);
  return withDevices(
    reader,
    rows.map((row) => ({ discovery: toDiscovery(row), device: row.device })),
  );
}

function toDiscovery(row: DiscoveryRow): Discovery {
  return {
    id: row.id,
    watch: row.watch,
    scanId: row.scan_id,
    kind: row.kind,
    at: row.at,
    firstScan: row.is_first_scan === 1,
    address: row.endpoint === null ? undefined : addressOf(row.endpoint, row.ipv6),
    port: row.endpoint === null ? undefined : portOf(row.endpoint),
    firstSeen: row.first_seen ?? undefined,
    lastSeen: row.last_seen ?? undefined,
    hostname: row.hostname ?? undefined,
    mac: row.mac ?? undefined,
    vendor: row.vendor ?? undefined,
    product: row.product ?? undefined,
    version: row.version ?? undefined,
    detail: detailOf(row),
    isKnownHost: row.is_known_host === null ? undefined : row.is_known_host === 1,
    evidence: row.evidence ?? undefined,
    ...(row.muted_until === null ? {} : { mutedUntil: row.muted_until }),
    ...(row.acknowledged_at === null
      ? {}
      : { acknowledged: { at: row.acknowledged_at, by: row.acknowledged_by ?? "", note: row.note ?? "" } }),
    ...endOf(row),
  };
}

/** What two devices used is told in the past where that is over. */
function detailOf({ kind, detail, ended_at: endedAt }: DiscoveryRow): string | undefined {
  return kind === "address-moved" && detail !== null && endedAt !== null ? pastClaim(detail) : (detail ?? undefined);
}

function endOf(row: DiscoveryRow): Pick<Discovery, "ended"> {
  const { kind, ended_at: at, was_found_again: isAgain, is_of_gone_service: isGone, gone_at: goneAt } = row;
  if (at !== null) {
    const by = kind === "exposed" ? "protected" : kind === "address-moved" ? "no-conflict" : "replaced";
    return { ended: { by: isAgain === 1 ? "found-again" : by, at } };
  }
  if (isGone !== 1) return {};
  return { ended: { by: "gone", ...(goneAt === null ? {} : { at: Number(goneAt) }) } };
}
