/**
 * Whether what was discovered of a service is over: an exposed service is protected now, an expired certificate was replaced, the same was
 * discovered once more, or no watch sees the service any more. The first three are stored by the check that shows them. The last one is
 * looked up, because a service that comes back is as it was until a check shows otherwise. Claims to addresses end by surveys of devices: see
 * `stored-claims.ts`.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import type { ExaminedService } from "../../core/examination.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";

/** Kinds that say how a service is, and not only what happened. */
const kindsWithEnd = ["exposed", "certificate-expired"] as const satisfies readonly DiscoveryKind[];

/**
 * For at least one watch the service of a row is not gone. As a value, which is looked up for each row: PostgreSQL would otherwise read
 * everything that watches know, for a few rows.
 * @param alias of a table with `endpoint`
 */
export function isSeen(alias: string): RawBuilder<SqlBool> {
  // A cross join keeps SQLite to this order: the few watches first, then one lookup by primary key in each.
  return sql<SqlBool>`((
    select 1 from watches sw cross join presence sp
    where sp.watch_id = sw.id and sp.endpoint = ${sql.ref(`${alias}.endpoint`)} and sp.state <> 'gone' limit 1) is not null)`;
}

/** Of a kind that can end, and the service is not seen any more. @param discoveries alias of the table */
export function isOfGoneService(discoveries: string): RawBuilder<SqlBool> {
  const kind = sql.ref(`${discoveries}.kind`);
  return sql<SqlBool>`(${kind} in (${sql.join(kindsWithEnd.map((each) => sql.lit(each)))}) and not ${isSeen(discoveries)})`;
}

/** Of any kind but that it is gone, and the service is not seen any more. @param discoveries alias of the table */
export function isOfAnyGoneService(discoveries: string): RawBuilder<SqlBool> {
  const [kind, endpoint] = [sql.ref(`${discoveries}.kind`), sql.ref(`${discoveries}.endpoint`)];
  return sql<SqlBool>`(${kind} <> 'gone' and ${endpoint} is not null and not ${isSeen(discoveries)})`;
}

/** When the last watch found the service gone after the discovery; null where none did, as after a watch was removed. */
export function goneSince(discoveries: string): RawBuilder<number | null> {
  const [id, endpoint] = [sql.ref(`${discoveries}.id`), sql.ref(`${discoveries}.endpoint`)];
  return sql<number | null>`(
    select max(ge.at) from discoveries ge where ge.endpoint = ${endpoint} and ge.kind = 'gone' and ge.id > ${id})`;
}

/** Its end is that the same watch discovered the same once more. As a value: see {@link isSeen}. */
export function wasFoundAgain(discoveries: string): RawBuilder<SqlBool> {
  const own = (column: string) => sql.ref(`${discoveries}.${column}`);
  return sql<SqlBool>`((
    select 1 from discoveries fa where fa.endpoint = ${own("endpoint")} and fa.watch_id = ${own("watch_id")}
    and fa.kind = ${own("kind")} and fa.id > ${own("id")} and fa.at = ${own("ended_at")} limit 1) is not null)`;
}

/** @param discoveries alias of the table */
export function hasEnded(discoveries: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`(${sql.ref(`${discoveries}.ended_at`)} is not null or ${isOfGoneService(discoveries)})`;
}

/** Ends the discoveries that the results of checks show to be over. */
export async function endDiscoveries(
  transaction: Kysely<Tables>,
  endpoint: Endpoint,
  { service, at }: { readonly service: ExaminedService; readonly at: number },
): Promise<void> {
  const ended: DiscoveryKind[] = [];
  if (service.results.some(({ verdict }) => verdict === "protected")) ended.push("exposed");
  const { chain } = service;
  // An unreadable date never expires, as where expiry is found.
  if (chain !== undefined && chain.length > 0 && chain.every(({ validTo }) => Number.isNaN(validTo) || validTo > at))
    ended.push("certificate-expired");
  if (ended.length > 0) await ending(transaction, { endpoint, kinds: ended, at }).execute();
}

/** Ends what a watch discovered before of the same service, where that can end: the new discovery stands for it from now on. */
export async function endFoundAgain(
  transaction: Kysely<Tables>,
  {
    watchId,
    scanId,
    endpoint,
    kind,
    at,
  }: {
    readonly watchId: number;
    /** Of the new discovery. */
    readonly scanId: number;
    readonly endpoint: Endpoint;
    readonly kind: DiscoveryKind;
    readonly at: number;
  },
): Promise<void> {
  if (!kindsWithEnd.some((each) => each === kind)) return;
  await ending(transaction, { endpoint, kinds: [kind], at })
    .where("watch_id", "=", watchId)
    .where("scan_id", "<>", scanId)
    .execute();
}

/** What is open of a service. */
function ending(
  transaction: Kysely<Tables>,
  {
    endpoint,
    kinds,
    at,
  }: { readonly endpoint: Endpoint; readonly kinds: readonly DiscoveryKind[]; readonly at: number },
) {
  return transaction
    .updateTable("discoveries")
    .set({ ended_at: at })
    .where("endpoint", "=", endpoint)
    .where("kind", "in", kinds)
    .where("ended_at", "is", null);
}
