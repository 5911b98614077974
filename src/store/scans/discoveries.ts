import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import { maxNoteLength } from "../../core/mute-limits.ts";
import { type Page, pageOf } from "../../core/page.ts";
import { everyPort } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import {
  type AcknowledgedDiscoveries,
  type DiscoveryDigest,
  type DiscoveryDigestQuery,
  type DiscoveryQuery,
  type DiscoveryStore,
  maxAcknowledgedAtOnce,
} from "../../core/store.ts";
import type { Database } from "../database.ts";
import { addressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf, idOf } from "../keys/cursor-keys.ts";
import { atAddress } from "../keys/ipv6-join.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { readDigest } from "./discovery-digest.ts";
import { conditionsOf, selectDiscoveries } from "./select-discoveries.ts";

/** Characters kept of the evidence about one host. */
const evidenceLimit = 100_000;
/** Acknowledgements that one statement makes or withdraws: each has a parameter. */
const acknowledgementBatch = 500;

export class SqlDiscoveryStore implements DiscoveryStore, NamesReadMethods<DiscoveryStore> {
  readonly readMethods = ["awaitingEvidence", "list", "listIds", "get", "digest"] as const;
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

  digest(query: DiscoveryDigestQuery): Promise<DiscoveryDigest> {
    return this.#database.read((reader) => readDigest(reader, query));
  }
}

/** `where`, `order by` and `limit` over `d` (discoveries) and `w` (watches): one row more than asked for. */
function restOf(query: DiscoveryQuery): RawBuilder<unknown> {
  const { watch, scan, address, kinds, since, until, upTo, port, firstScan, acknowledged, muted, ended } = query;
  const { after, limit, order = "descending" } = query;
  const where = [sql`1 = 1`];
  if (watch !== undefined) where.push(sql`w.name = ${watch}`);
  if (scan !== undefined) where.push(sql`d.scan_id = ${scan}`);
  if (address !== undefined) where.push(ofAddress(address));
  where.push(...conditionsOf({ kinds, firstScan, acknowledged, muted, ended }));
  if (since !== undefined) where.push(sql`d.at >= ${since}`);
  if (until !== undefined) where.push(sql`d.at < ${until}`);
  if (upTo !== undefined) where.push(sql`d.id <= ${upTo}`);
  if (port !== undefined) where.push(sql`d.endpoint % 65536 = ${port}`);
  if (after !== undefined) where.push(sql`d.id ${sql.raw(comparisonOf(order))} ${idOf(after)}`);
  return sql`where ${sql.join(where, sql` and `)} order by d.id ${sql.raw(directionOf(order))} limit ${limit + 1}`;
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

/** Of the services at an address, of what devices did at it, and of the devices that have it now. */
function ofAddress(address: Address): RawBuilder<unknown> {
  // One query for each, by its index: for one with `or` PostgreSQL reads all discoveries.
  return sql`d.id in (
    select e.id from discoveries e where ${atAddress("e", address)}
    union all
    select c.discovery_id from discovery_addresses c where c.address = ${addressKey(address)}
    union all
    select e.id from discoveries e where e.device is not null and e.device in (
      select h.mac from device_addresses h where h.address = ${addressKey(address)} and h.is_current = 1))`;
}

export function evidenceText(evidence: string): string {
  return safeText(evidence, { multiline: true, limit: evidenceLimit });
}
