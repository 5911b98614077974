import { type Kysely, type RawBuilder, sql } from "kysely";
import { HarbingerError } from "../../core/errors.ts";
import type { Dialect } from "../database.ts";
import { firstIpv6Endpoint } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";
import type { PackedSightings } from "./packed-sightings.ts";

/**
 * The tables with the sightings of one scan until it is recorded. They grow by appending, so that the order of the
 * scanner's results does not matter, and are sorted once, when the scan is recorded.
 */
export class Staging {
  readonly dialect: Dialect;
  readonly #scanId: number;
  #plainCount = 0;
  #detailedCount = 0;

  constructor(dialect: Dialect, scanId: number) {
    this.dialect = dialect;
    this.#scanId = scanId;
  }

  /** Sorted, each endpoint once; exists after {@link fold}. */
  get sighted(): RawBuilder<unknown> {
    return this.#table("sighted");
  }

  /** Attributes of endpoints, each once; exists after {@link fold}. */
  get attributes(): RawBuilder<unknown> {
    return this.#table("attributes");
  }

  get hasAttributes(): boolean {
    return this.#detailedCount > 0;
  }

  async create(writer: Kysely<Tables>): Promise<void> {
    const scratch = this.dialect.createScratch;
    await this.drop(writer);
    await sql`${scratch} ${this.#table("plain")} (endpoint bigint not null)`.execute(writer);
    await sql`${scratch} ${this.#table("detailed")} (
      endpoint bigint, sort_key text, address text, port bigint not null,
      hostname text, mac text, vendor text, name text, product text, version text
    )`.execute(writer);
  }

  /** @param mayBeDone an earlier attempt may have added the same batch; one batch is added after the other */
  async add(writer: Kysely<Tables>, packed: PackedSightings, mayBeDone: boolean): Promise<void> {
    if (mayBeDone && (await this.#hasAdded(writer, packed))) return;
    if (packed.plain.length > 0) {
      const source = this.dialect.integers(packed.plain);
      await sql`insert into ${this.#table("plain")} select i.value from ${source}`.execute(writer);
    }
    if (packed.detailed.length > 0) {
      const source = this.dialect.rows(packed.detailed);
      await sql`
        insert into ${this.#table("detailed")}
        select cast(r.value ->> 0 as bigint), r.value ->> 1, r.value ->> 2, cast(r.value ->> 3 as bigint),
          r.value ->> 4, r.value ->> 5, r.value ->> 6, r.value ->> 7, r.value ->> 8, r.value ->> 9
        from ${source}`.execute(writer);
    }
  }

  /** Called when the batch is stored. */
  added(packed: PackedSightings): void {
    this.#plainCount += packed.plain.length;
    this.#detailedCount += packed.detailed.length;
  }

  /** Sorts what was added into `sighted` and `attributes`, inside the transaction that records the scan. */
  async fold(transaction: Kysely<Tables>): Promise<void> {
    await this.#verify(transaction);
    const plain = this.#table("plain");
    const detailed = this.#table("detailed");
    await this.dialect.analyze(this.#name("plain"))?.execute(transaction);
    let everything = sql`select endpoint from ${plain}`;
    if (this.#detailedCount > 0) {
      await sql`
        insert into ipv6_addresses (sort_key, address)
        select distinct sort_key, address from ${detailed} where endpoint is null
        on conflict (sort_key) do nothing`.execute(transaction);
      await sql`
        update ${detailed} set endpoint =
          ${sql.lit(firstIpv6Endpoint)} + (select a.id from ipv6_addresses a where a.sort_key = ${detailed}.sort_key) * 65536 + port
        where endpoint is null`.execute(transaction);
      await this.#foldAttributes(transaction);
      everything = sql`${everything} union all select endpoint from ${detailed}`;
    }
    await this.createKeyed(transaction, "sighted", sql`select distinct endpoint from (${everything}) as e`);
  }

  /** One more table of endpoints, dropped with the others; recreated where it exists. */
  async createKeyed(
    transaction: Kysely<Tables>,
    name: "sighted" | "fresh" | "unsighted" | "every",
    query: RawBuilder<unknown>,
  ): Promise<RawBuilder<unknown>> {
    const table = this.#table(name);
    await sql`drop table if exists ${table}`.execute(transaction);
    for (const statement of this.dialect.endpointTable(table, query)) await statement.execute(transaction);
    return table;
  }

  /** Drops everything; does nothing where it is gone already. */
  async drop(writer: Kysely<Tables>): Promise<void> {
    for (const name of ["plain", "detailed", "sighted", "attributes", "fresh", "unsighted", "every"]) {
      await sql`drop table if exists ${this.#table(name)}`.execute(writer);
    }
  }

  async #foldAttributes(transaction: Kysely<Tables>): Promise<void> {
    const attributes = this.attributes;
    await sql`drop table if exists ${attributes}`.execute(transaction);
    await sql`${this.dialect.createScratch} ${attributes} (
      endpoint bigint primary key, hostname text, mac text, vendor text, name text, product text, version text
    )`.execute(transaction);
    // Where an endpoint was sighted twice, the attributes of both are merged.
    await sql`
      insert into ${attributes}
      select endpoint, max(hostname), max(mac), max(vendor), max(name), max(product), max(version)
      from ${this.#table("detailed")}
      where coalesce(hostname, mac, vendor, name, product, version) is not null
      group by endpoint order by endpoint`.execute(transaction);
    await this.dialect.analyze(this.#name("attributes"))?.execute(transaction);
  }

  /** A database that lost staged rows must not report a thousand hosts as gone. */
  async #verify(transaction: Kysely<Tables>): Promise<void> {
    const { plain, detailed } = await this.#count(transaction);
    if (plain === this.#plainCount && detailed === this.#detailedCount) return;
    throw new HarbingerError("store", "the database lost sightings of a running scan", {
      remedy: "The scan has to be repeated; look at the database server's log.",
    });
  }

  async #hasAdded(writer: Kysely<Tables>, packed: PackedSightings): Promise<boolean> {
    const { plain, detailed } = await this.#count(writer);
    return (
      plain === this.#plainCount + packed.plain.length && detailed === this.#detailedCount + packed.detailed.length
    );
  }

  async #count(connection: Kysely<Tables>): Promise<{ readonly plain: number; readonly detailed: number }> {
    const { rows } = await sql<{ plain: number; detailed: number }>`
      select (select count(*) from ${this.#table("plain")}) as plain,
        (select count(*) from ${this.#table("detailed")}) as detailed`.execute(connection);
    return rows[0] ?? { plain: 0, detailed: 0 };
  }

  #table(name: string): RawBuilder<unknown> {
    return sql.id(this.#name(name));
  }

  #name(name: string): string {
    return `scan_${this.#scanId}_${name}`;
  }
}
