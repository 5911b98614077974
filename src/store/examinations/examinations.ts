import { type Kysely, type RawBuilder, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import type { Verdict } from "../../core/check.ts";
import type {
  CertificateQuery,
  ExaminationStore,
  RememberedService,
  ServiceKey,
  StoredCertificate,
  StoredCheckResult,
} from "../../core/examination.ts";
import type { Page } from "../../core/page.ts";
import { everyPort } from "../../core/ports.ts";
import type { Database } from "../database.ts";
import {
  addressOf,
  type Endpoint,
  firstIpv6Endpoint,
  ipv4Endpoint,
  ipv6SortKey,
  isIpv4,
  portOf,
} from "../keys/endpoint.ts";
import { findEndpoint } from "../keys/find-endpoint.ts";
import { atAddress, ipv6Join } from "../keys/ipv6-join.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { listCertificates } from "./certificates.ts";
import { readFacts } from "./facts-text.ts";
import { recordExamination } from "./record-examination.ts";

export class SqlExaminationStore implements ExaminationStore, NamesReadMethods<ExaminationStore> {
  readonly readMethods = ["due", "remembered", "results", "certificates"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  due(query: DueQuery): Promise<readonly ServiceKey[]> {
    return this.#database.read(async (reader) => {
      const condition = await isDue(reader, query);
      if (condition === undefined) return [];
      const rows = [...(await listIpv4(reader, condition, query))];
      if (rows.length < query.limit) {
        rows.push(...(await listIpv6(reader, condition, { ...query, limit: query.limit - rows.length })));
      }
      return rows.map(keyOf);
    });
  }

  remembered(query: Parameters<ExaminationStore["remembered"]>[0]): Promise<readonly RememberedService[]> {
    return this.#database.read(async (reader) => {
      const endpoints: Endpoint[] = [];
      for (const { address, port } of query.services) {
        const endpoint = await findEndpoint(reader, address, port);
        if (endpoint !== undefined) endpoints.push(endpoint);
      }
      if (endpoints.length === 0) return [];
      const { rows } = await sql<MemoryRow>`
        select p.endpoint, a.address as ipv6, p.memory
        from ${this.#database.dialect.integers(endpoints)} cross join watches w cross join presence p ${ipv6Join("p")}
        where w.name = ${query.watch} and p.watch_id = w.id and p.endpoint = i.value and p.memory is not null`.execute(
        reader,
      );
      return rows.map((row) => ({ ...keyOf(row), memory: row.memory }));
    });
  }

  record(examination: Parameters<ExaminationStore["record"]>[0]): Promise<number> {
    if (examination.services.length === 0) return Promise.resolve(0);
    return this.#database.write(async (transaction) => {
      await this.#database.dialect.exclusively("record")?.execute(transaction);
      return recordExamination(transaction, examination);
    });
  }

  async results(query: Parameters<ExaminationStore["results"]>[0]): Promise<readonly StoredCheckResult[]> {
    const port = query.port === undefined ? sql`` : sql`and c.endpoint % 65536 = ${query.port}`;
    const { rows } = await this.#database.read((reader) =>
      sql<ResultRow>`
        select c.endpoint, c.name, c.at, c.passed, c.verdict, c.output, c.facts from check_results c
        where c.site = 'local' and ${atAddress("c", query.address)} ${port}
        order by c.endpoint, c.name`.execute(reader),
    );
    return rows.map((row) => toResult(row, query.address));
  }

  certificates(query: CertificateQuery): Promise<Page<StoredCertificate>> {
    return this.#database.read((reader) => listCertificates(reader, this.#database.dialect, query));
  }
}

type DueQuery = Parameters<ExaminationStore["due"]>[0];

interface KeyRow {
  readonly endpoint: Endpoint;
  readonly ipv6: string | null;
}

interface MemoryRow extends KeyRow {
  readonly memory: string;
}

/**
 * A condition on `p`. The time shows whether the last scan sighted a service: a scan that left out a service, because
 * its targets were reduced, counts no miss for it. A host on which every port answers is not examined.
 * @returns `undefined` where nothing can be due
 */
async function isDue(
  reader: Kysely<Tables>,
  { watch, examinedBefore, now }: DueQuery,
): Promise<RawBuilder<unknown> | undefined> {
  const last = await reader
    .selectFrom("watches as w")
    .innerJoin("scans as s", "s.watch_id", "w.id")
    .select(["w.id", "w.seen_at", "s.ended_at"])
    .where("w.name", "=", watch)
    .where("s.status", "in", ["complete", "partial", "failed"])
    .orderBy("s.id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return undefined;
  return sql`p.watch_id = ${last.id} and p.state = 'present' and p.misses = 0 and p.endpoint % 65536 <> ${sql.lit(everyPort)}
    and (p.examined_at is null or p.examined_at < ${examinedBefore} or p.examined_at > ${now})
    and coalesce(p.last_seen, ${last.seen_at}) = ${last.ended_at}`;
}

/** In the order of the primary key, which is the order of the addresses. */
async function listIpv4(
  reader: Kysely<Tables>,
  condition: RawBuilder<unknown>,
  { after, limit }: DueQuery,
): Promise<readonly KeyRow[]> {
  if (after !== undefined && familyOf(after.address) === 6) return [];
  const first = after === undefined ? -1 : ipv4Endpoint(after.address, after.port);
  const { rows } = await sql<KeyRow>`
    select p.endpoint, null as ipv6 from presence p
    where ${condition} and p.endpoint > ${first} and p.endpoint < ${sql.lit(firstIpv6Endpoint)}
    order by p.endpoint limit ${limit}`.execute(reader);
  return rows;
}

async function listIpv6(
  reader: Kysely<Tables>,
  condition: RawBuilder<unknown>,
  { after, limit }: DueQuery,
): Promise<readonly KeyRow[]> {
  const behind = after === undefined || isIpv4(after.address) ? sql`` : sql`and ${isBehind(after)}`;
  const { rows } = await sql<KeyRow>`
    select p.endpoint, a.address as ipv6 from presence p ${ipv6Join("p")}
    where ${condition} and p.endpoint >= ${sql.lit(firstIpv6Endpoint)} ${behind}
    order by a.sort_key, p.endpoint limit ${limit}`.execute(reader);
  return rows;
}

function isBehind({ address, port }: ServiceKey): RawBuilder<unknown> {
  const key = ipv6SortKey(address);
  return sql`(a.sort_key > ${key} or (a.sort_key = ${key} and p.endpoint % 65536 > ${port}))`;
}

function keyOf({ endpoint, ipv6 }: KeyRow): ServiceKey {
  return { address: addressOf(endpoint, ipv6), port: portOf(endpoint) };
}

interface ResultRow {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly at: number;
  readonly passed: number;
  readonly verdict: Verdict | null;
  readonly output: string;
  readonly facts: string;
}

function toResult(row: ResultRow, address: Address): StoredCheckResult {
  return {
    address,
    port: portOf(row.endpoint),
    check: row.name,
    at: row.at,
    passed: row.passed === 1,
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    output: row.output,
    facts: readFacts(row.facts),
  };
}
