import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/** Schema version 3: what checks found out about services, and what each watch remembers of it. */
export async function createExaminationTables(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { bytewise, clustered } = dialect;
  const statements = [
    sql`create table check_results (
      site text not null default 'local',
      endpoint bigint not null,
      name text not null,
      at bigint not null,
      passed smallint not null,
      verdict text,
      output text not null,
      facts text not null,
      primary key (site, endpoint, name)
    ) ${clustered}`,
    sql`create table certificates (
      sha256 text not null primary key ${bytewise},
      key_sha256 text not null,
      subject text not null,
      issuer text not null,
      serial text not null,
      valid_from bigint,
      valid_to bigint,
      names text not null,
      is_self_signed smallint not null,
      first_seen bigint not null,
      last_seen bigint not null
    ) ${clustered}`,
    sql`create index certificates_by_end on certificates (valid_to, sha256)`,
    sql`create table certificate_sightings (
      site text not null default 'local',
      endpoint bigint not null,
      sha256 text not null ${bytewise},
      first_seen bigint not null,
      last_seen bigint not null,
      is_current smallint not null,
      is_issuer smallint not null,
      primary key (site, endpoint, sha256)
    ) ${clustered}`,
    sql`create index certificate_sightings_by_certificate on certificate_sightings (sha256)`,
    sql`alter table presence add column examined_at bigint`,
    sql`alter table presence add column memory text`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
