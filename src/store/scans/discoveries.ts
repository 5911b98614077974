import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import { maxNoteLength } from "../../core/mute-limits.ts";
import { type Page, pageOf } from "../../core/page.ts";
import { everyPort } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import {
  type AcknowledgedDiscoveries,
  type DiscoveryQuery,
  type DiscoveryStore,
  type FirstScan,
  maxAcknowledgedAtOnce,
  maxCountedDiscoveries,
  type RecentDiscoveryQuery,
} from "../../core/store.ts";
import type { Database } from "../database.ts";
import { withDevices } from "../devices/device-briefs.ts";
import { addressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf, idOf } from "../keys/cursor-keys.ts";
import { addressOf, portOf } from "../keys/endpoint.ts";
import { atAddress, ipv6Join } from "../keys/ipv6-join.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";

/** Characters kept of the evidence about one host. */
const evidenceLimit = 100_000;
/** Acknowledgements that one statement makes or withdraws: each has a parameter. */
const acknowledgementBatch = 500;

export class SqlDiscoveryStore implements DiscoveryStore, NamesReadMethods<DiscoveryStore> {
  readonly readMethods = [
    "awaitingEvidence",
    "list",
    "listIds",
    "get",
    "counts",
    "countUnacknowledged",
    "recent",
    "firstScans",
  ] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  awaitingEvidence(query: Parameters<DiscoveryStore["awaitingEvidence"]>[0]): Promise<readonly Discovery[]> {
    const openScans = sql`select n.scan_id from announcements n join deliveries o on o.id = n.delivery_id
      where o.state = 'open'`;
    // By id from the first that can matter; the plus sign keeps planners from reading whole scans and sorting them.
    return this.#database.read((reader) =>
      selectDiscoveries(
        reader,
        sql`
          where d.id > ${query.afterId ?? 0}
            and d.id >= (select min(first_id) from (
              select (select min(f.id) from discoveries f where f.scan_id = n.scan_id) as first_id
              from (${openScans}) as n) as firsts)
            and +d.scan_id in (${openScans})
            and w.name = ${query.watch} and d.kind in ('new', 'returned') and d.evidence is null and d.is_quiet = 0
            and d.endpoint % 65536 <> ${sql.lit(everyPort)}
          order by d.id limit ${query.limit}`,
      ),
    );
  }

  async setEvidence(entries: readonly { readonly id: number; readonly evidence: string }[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#database.write(async (transaction) => {
      for (const { id, evidence } of entries) {
        await transaction
          .updateTable("discoveries")
          .set({ evidence: evidenceText(evidence) })
          .where("id", "=", id)
          .execute();
      }
    });
  }

  async list(query: DiscoveryQuery): Promise<Page<Discovery>> {
    if (query.kinds?.length === 0) return { rows: [] };
    const rows = await this.#database.read((reader) => selectDiscoveries(reader, restOf(query)));
    return pageOf(rows, query.limit, ({ id }) => [id]);
  }

  async listIds(query: DiscoveryQuery): Promise<Page<Discovery["id"]>> {
    if (query.kinds?.length === 0) return { rows: [] };
    const { rows } = await this.#database.read((reader) =>
      sql<{ readonly id: number }>`
        select d.id from discoveries d join watches w on w.id = d.watch_id ${restOf(query)}`.execute(reader),
    );
    return pageOf(
      rows.map(({ id }) => Number(id)),
      query.limit,
      (id) => [id],
    );
  }

  async get(id: number): Promise<Discovery | undefined> {
    const [found] = await this.#database.read((reader) => selectDiscoveries(reader, sql`where d.id = ${id}`));
    return found;
  }

  acknowledge(
    which: AcknowledgedDiscoveries,
    acknowledgement: Parameters<DiscoveryStore["acknowledge"]>[1],
  ): Promise<number> {
    return this.#database.write(async (transaction) => {
      const ids = "id" in which ? await existing(transaction, which.id) : await unacknowledgedOf(transaction, which);
      const values = acknowledgementValues(acknowledgement);
      for (const id of ids) {
        await transaction
          .insertInto("acknowledgements")
          .values({ discovery_id: id, ...values })
          .onConflict((conflict) => conflict.column("discovery_id").doUpdateSet(values))
          .execute();
      }
      return ids.length;
    });
  }

  acknowledgeAll(
    ids: readonly number[],
    acknowledgement: Parameters<DiscoveryStore["acknowledgeAll"]>[1],
  ): Promise<readonly number[]> {
    const { at, acknowledged_by: by, note } = acknowledgementValues(acknowledgement);
    const isOpen = sql.join(conditionsOf({ acknowledged: false }), sql` and `);
    return this.#changeAcknowledgements(
      ids,
      (batch) => sql`
        insert into acknowledgements (discovery_id, at, acknowledged_by, note)
        select d.id, cast(${at} as bigint), cast(${by} as text), cast(${note} as text)
        from discoveries d where d.id in (${sql.join(batch)}) and ${isOpen}
        on conflict (discovery_id) do nothing
        returning discovery_id`,
    );
  }

  withdrawAcknowledgements({
    ids,
    at,
  }: Parameters<DiscoveryStore["withdrawAcknowledgements"]>[0]): Promise<readonly number[]> {
    return this.#changeAcknowledgements(
      ids,
      (batch) => sql`
        delete from acknowledgements where discovery_id in (${sql.join(batch)}) and at = ${at}
        returning discovery_id`,
    );
  }

  /** All of them or none: where some were left over, nobody could tell which, and so nobody could undo it. */
  #changeAcknowledgements(
    ids: readonly number[],
    statementOf: (batch: readonly number[]) => RawBuilder<{ readonly discovery_id: number }>,
  ): Promise<readonly number[]> {
    if (ids.length === 0) return Promise.resolve([]);
    // In one order, so that two that change the same ones do not wait for each other.
    const sorted = ids.toSorted((one, other) => one - other);
    return this.#database.write(async (transaction) => {
      const changed: number[] = [];
      for (let start = 0; start < sorted.length; start += acknowledgementBatch) {
        const statement = statementOf(sorted.slice(start, start + acknowledgementBatch));
        const { rows } = await statement.execute(transaction);
        changed.push(...rows.map(({ discovery_id: id }) => Number(id)));
      }
      return changed;
    });
  }

  withdrawAcknowledgement(id: number): Promise<boolean> {
    return this.#database.write(async (transaction) => {
      const { numDeletedRows } = await transaction
        .deleteFrom("acknowledgements")
        .where("discovery_id", "=", id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  async countUnacknowledged({ since }: Parameters<DiscoveryStore["countUnacknowledged"]>[0]): Promise<number> {
    const where = recentConditions({ since, firstScan: false, acknowledged: false, muted: false });
    const { rows } = await this.#database.read((reader) =>
      sql<{ count: number }>`select count(*) as count from ${latestDiscoveries} d where ${where}`.execute(reader),
    );
    return Number(rows[0]?.count ?? 0);
  }

  async counts({ since }: Parameters<DiscoveryStore["counts"]>[0]): ReturnType<DiscoveryStore["counts"]> {
    const where = recentConditions({ since, firstScan: false });
    const { rows } = await this.#database.read((reader) =>
      sql<{ kind: DiscoveryKind; count: number }>`
        select d.kind, count(*) as count from ${latestDiscoveries} d
        where ${where} group by d.kind order by d.kind`.execute(reader),
    );
    return rows.map(({ kind, count }) => ({ kind, count: Number(count) }));
  }

  async recent({ limit, ...query }: RecentDiscoveryQuery): ReturnType<DiscoveryStore["recent"]> {
    if (query.kinds?.length === 0) return { count: 0, newest: [] };
    const conditions = recentConditions(query);
    return await this.#database.read(async (reader) => {
      const { rows } = await sql<{ id: number; total: number }>`
        select d.id, count(*) over () as total from ${latestDiscoveries} d
        where ${conditions} order by d.id desc limit ${limit}`.execute(reader);
      const ids = rows.map(({ id }) => Number(id));
      if (ids.length === 0) return { count: 0, newest: [] };
      const newest = await selectDiscoveries(reader, sql`where d.id in (${sql.join(ids)}) order by d.id desc`);
      return { count: Number(rows[0]?.total ?? 0), newest };
    });
  }

  async firstScans({ since, limit }: Parameters<DiscoveryStore["firstScans"]>[0]): Promise<readonly FirstScan[]> {
    const { rows } = await this.#database.read((reader) =>
      sql<{ scan_id: number; watch: string; at: number; devices: number; ports: number }>`
        select f.scan_id, w.name as watch, f.at, f.devices, f.ports
        from (
          select d.scan_id, d.watch_id, max(d.at) as at,
            sum(case when d.kind = 'device-new' then 1 else 0 end) as devices,
            sum(case when d.kind = 'new' then 1 else 0 end) as ports
          from ${latestDiscoveries} d
          where ${recentConditions({ since, firstScan: true })}
          group by d.scan_id, d.watch_id order by d.scan_id desc limit ${limit}) f
        join watches w on w.id = f.watch_id
        order by f.scan_id desc`.execute(reader),
    );
    return rows.map(({ scan_id: scanId, watch, at, devices, ports }) => ({
      scanId: Number(scanId),
      watch,
      at: Number(at),
      devices: Number(devices),
      openPorts: Number(ports),
    }));
  }
}

/** By number, which follows the time: there is no index by time. */
const latestDiscoveries = sql`(
  select e.id, e.kind, e.at, e.scan_id, e.watch_id, e.is_first_scan, e.muted_until
  from discoveries e order by e.id desc limit ${sql.lit(maxCountedDiscoveries)})`;

/** Over `d`, discoveries. */
function conditionsOf({
  kinds,
  firstScan,
  acknowledged,
  muted,
}: Pick<DiscoveryQuery, "kinds" | "firstScan" | "acknowledged" | "muted">): RawBuilder<unknown>[] {
  const where: RawBuilder<unknown>[] = [];
  if (kinds !== undefined) where.push(sql`d.kind in (${sql.join(kinds)})`);
  if (firstScan !== undefined) where.push(sql`d.is_first_scan = ${firstScan ? 1 : 0}`);
  if (acknowledged === true) where.push(sql`d.id in (select k.discovery_id from acknowledgements k)`);
  if (acknowledged === false)
    where.push(sql`not exists (select 1 from acknowledgements k where k.discovery_id = d.id)`);
  if (muted !== undefined) where.push(muted ? sql`d.muted_until is not null` : sql`d.muted_until is null`);
  return where;
}

/** `where`, `order by` and `limit` over `d` (discoveries) and `w` (watches): one row more than asked for. */
function restOf(query: DiscoveryQuery): RawBuilder<unknown> {
  const { watch, scan, address, kinds, since, until, upTo, port, firstScan, acknowledged, muted } = query;
  const { after, limit, order = "descending" } = query;
  const where = [sql`1 = 1`];
  if (watch !== undefined) where.push(sql`w.name = ${watch}`);
  if (scan !== undefined) where.push(sql`d.scan_id = ${scan}`);
  if (address !== undefined) where.push(ofAddress(address));
  where.push(...conditionsOf({ kinds, firstScan, acknowledged, muted }));
  if (since !== undefined) where.push(sql`d.at >= ${since}`);
  if (until !== undefined) where.push(sql`d.at < ${until}`);
  if (upTo !== undefined) where.push(sql`d.id <= ${upTo}`);
  if (port !== undefined) where.push(sql`d.endpoint % 65536 = ${port}`);
  if (after !== undefined) where.push(sql`d.id ${sql.raw(comparisonOf(order))} ${idOf(after)}`);
  return sql`where ${sql.join(where, sql` and `)} order by d.id ${sql.raw(directionOf(order))} limit ${limit + 1}`;
}

/** Over `d`, {@link latestDiscoveries}. */
function recentConditions({ since, ...query }: Omit<RecentDiscoveryQuery, "limit">): RawBuilder<unknown> {
  return sql.join([sql`d.at >= ${since}`, ...conditionsOf(query)], sql` and `);
}

function acknowledgementValues({ at, by, note }: Parameters<DiscoveryStore["acknowledge"]>[1]) {
  return {
    at,
    acknowledged_by: safeText(by, { limit: 200 }),
    note: safeText(note, { limit: maxNoteLength }).trim(),
  };
}

async function existing(reader: Kysely<Tables>, id: number): Promise<readonly number[]> {
  const row = await reader.selectFrom("discoveries").select("id").where("id", "=", id).executeTakeFirst();
  return row === undefined ? [] : [row.id];
}

async function unacknowledgedOf(
  reader: Kysely<Tables>,
  { address, upTo }: Extract<AcknowledgedDiscoveries, { readonly address: Address }>,
): Promise<readonly number[]> {
  const where = sql.join(conditionsOf({ acknowledged: false }), sql` and `);
  const { rows } = await sql<{ id: number }>`
    select d.id from discoveries d where ${ofAddress(address)} and d.id <= ${upTo} and ${where}
    order by d.id desc limit ${maxAcknowledgedAtOnce}`.execute(reader);
  return rows.map(({ id }) => id);
}

/** Of the services at an address, and of the devices that have it now. */
function ofAddress(address: Address): RawBuilder<unknown> {
  // Two queries, each by its index: for one with `or` PostgreSQL reads all discoveries.
  return sql`d.id in (
    select e.id from discoveries e where ${atAddress("e", address)}
    union all
    select e.id from discoveries e where e.device is not null and e.device in (
      select h.mac from device_addresses h where h.address = ${addressKey(address)} and h.is_current = 1))`;
}

export function evidenceText(evidence: string): string {
  return safeText(evidence, { multiline: true, limit: evidenceLimit });
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
}

/** @param rest `where`, `order by` and `limit` over `d` (discoveries), `w` (watches), `a` (ipv6_addresses) */
export async function selectDiscoveries(
  reader: Kysely<Tables>,
  rest: RawBuilder<unknown>,
): Promise<readonly Discovery[]> {
  const { rows } = await sql<DiscoveryRow>`
    select d.id, w.name as watch, d.scan_id, d.kind, d.at, d.endpoint, a.address as ipv6, d.first_seen, d.last_seen,
      d.detail, d.evidence, d.is_first_scan, d.device, d.is_known_host, d.muted_until,
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
    detail: row.detail ?? undefined,
    isKnownHost: row.is_known_host === null ? undefined : row.is_known_host === 1,
    evidence: row.evidence ?? undefined,
    ...(row.muted_until === null ? {} : { mutedUntil: row.muted_until }),
    ...(row.acknowledged_at === null
      ? {}
      : { acknowledged: { at: row.acknowledged_at, by: row.acknowledged_by ?? "", note: row.note ?? "" } }),
  };
}
