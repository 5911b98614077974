import { type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import {
  type CertificateQuery,
  type CertificateSighting,
  type ObservedCertificate,
  type StoredCertificate,
  sightingsShown,
} from "../../core/examination.ts";
import { type Cursor, type Order, type Page, pageOf } from "../../core/page.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Dialect } from "../database.ts";
import { timeOrNullAndIdOf } from "../keys/cursor-keys.ts";
import { addressOf, type Endpoint, portOf } from "../keys/endpoint.ts";
import { atAddress, ipv6Join, isInRange } from "../keys/ipv6-join.ts";
import { isSeen } from "../scans/ended-discoveries.ts";
import type { Tables } from "../tables.ts";

/** Certificates stored of one chain; servers send three or four. */
const chainLimit = 10;

/** Certificates kept per service: one that presents a new certificate each time must not fill the disk. */
const rememberedLimit = 50;

/** Records the chain that a service presented: these are its certificates now. */
export async function recordChain(
  transaction: Kysely<Tables>,
  endpoint: Endpoint,
  chain: readonly ObservedCertificate[],
  at: number,
): Promise<void> {
  const shown = new Map<string, ObservedCertificate>();
  for (const certificate of chain.slice(0, chainLimit)) {
    if (!shown.has(certificate.sha256)) shown.set(certificate.sha256, certificate);
  }
  if (shown.size === 0) return;
  await transaction
    .updateTable("certificate_sightings")
    .set({ is_current: 0 })
    .where("site", "=", "local")
    .where("endpoint", "=", endpoint)
    .where("is_current", "=", 1)
    .where("sha256", "not in", [...shown.keys()])
    .execute();
  let isIssuer = 0;
  for (const certificate of shown.values()) {
    await transaction
      .insertInto("certificates")
      .values({ ...columnsOf(certificate), first_seen: at, last_seen: at })
      .onConflict((conflict) => conflict.column("sha256").doUpdateSet({ last_seen: at }))
      .execute();
    await transaction
      .insertInto("certificate_sightings")
      .values({
        endpoint,
        sha256: certificate.sha256,
        first_seen: at,
        last_seen: at,
        is_current: 1,
        is_issuer: isIssuer,
      })
      .onConflict((conflict) =>
        conflict
          .columns(["site", "endpoint", "sha256"])
          .doUpdateSet({ last_seen: at, is_current: 1, is_issuer: isIssuer }),
      )
      .execute();
    isIssuer = 1;
  }
  await sql`
    delete from certificate_sightings
    where site = 'local' and endpoint = ${endpoint} and is_current = 0 and sha256 not in (
      select k.sha256 from certificate_sightings k where k.site = 'local' and k.endpoint = ${endpoint}
      order by k.is_current desc, k.last_seen desc, k.sha256 limit ${sql.lit(rememberedLimit)})`.execute(transaction);
}

function columnsOf(certificate: ObservedCertificate) {
  return {
    sha256: safeText(certificate.sha256),
    key_sha256: safeText(certificate.keySha256),
    subject: safeText(certificate.subject),
    issuer: safeText(certificate.issuer),
    serial: safeText(certificate.serial),
    valid_from: wholeOrNull(certificate.validFrom),
    valid_to: wholeOrNull(certificate.validTo),
    names: JSON.stringify(certificate.names.map((name) => safeText(name))),
    is_self_signed: certificate.selfSigned ? 1 : 0,
  };
}

function wholeOrNull(instant: number): number | null {
  return Number.isFinite(instant) ? Math.trunc(instant) : null;
}

interface SightingRow {
  readonly sha256: string;
  readonly endpoint: Endpoint;
  readonly ipv6: string | null;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly is_current: number;
  readonly is_issuer: number;
  readonly in_all: number;
  readonly current_in_all: number;
}

export async function listCertificates(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: CertificateQuery,
): Promise<Page<StoredCertificate>> {
  const { after, limit, order = "ascending" } = query;
  const where: RawBuilder<unknown>[] = [];
  if (after !== undefined) where.push(isAfter(after, order));
  if (query.endsBy !== undefined) where.push(sql`c.valid_to <= ${query.endsBy}`);
  if (query.issuer !== undefined) where.push(dialect.contains(sql`c.issuer`, query.issuer));
  if (query.selfSigned !== undefined) where.push(sql`c.is_self_signed = ${query.selfSigned ? 1 : 0}`);
  if (query.sha256 !== undefined) where.push(sql`c.sha256 = ${query.sha256}`);
  if (query.keys !== undefined) {
    const keys = dialect.rows(query.keys.map((key) => [key]));
    where.push(sql`c.key_sha256 in (select r.value ->> 0 from ${keys})`);
  }
  const shown: RawBuilder<unknown>[] = [];
  if (query.address !== undefined) shown.push(atAddress("s", query.address));
  if (query.range !== undefined) shown.push(isInRange("s", query.range));
  if (query.port !== undefined) shown.push(sql`s.endpoint % 65536 = ${query.port}`);
  if (query.currentOnly === true) shown.push(sql`s.is_current = 1`, isSeen("s"));
  if (shown.length > 0) {
    where.push(sql`c.sha256 in (select s.sha256 from certificate_sightings s where ${sql.join(shown, sql` and `)})`);
  }
  const condition = where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`;
  const { rows } = await sql<Selectable<Tables["certificates"]>>`
    select c.* from certificates c ${condition}
    order by ${order === "ascending" ? sql`c.valid_to nulls last, c.sha256` : sql`c.valid_to desc nulls first, c.sha256 desc`}
    limit ${limit + 1}`.execute(reader);
  if (rows.length === 0) return { rows: [] };
  const sightings = await sightingsOf(reader, dialect, rows, query.address);
  const page = pageOf(rows, limit, ({ valid_to, sha256 }) => [valid_to, sha256]);
  return { ...page, rows: page.rows.map((row) => toCertificate(row, sightings.get(row.sha256) ?? [])) };
}

/** Certificates whose end of validity cannot be read come last. */
function isAfter(cursor: Cursor, order: Order): RawBuilder<unknown> {
  const { at, id } = timeOrNullAndIdOf(cursor);
  if (order === "ascending") {
    if (at === null) return sql`(c.valid_to is null and c.sha256 > ${id})`;
    return sql`(c.valid_to is null or (c.valid_to >= ${at} and (c.valid_to > ${at} or c.sha256 > ${id})))`;
  }
  if (at === null) return sql`(c.valid_to is not null or c.sha256 < ${id})`;
  return sql`(c.valid_to <= ${at} and (c.valid_to < ${at} or c.sha256 < ${id}))`;
}

async function sightingsOf(
  reader: Kysely<Tables>,
  dialect: Dialect,
  certificates: readonly { readonly sha256: string }[],
  asked: Address | undefined,
): Promise<Map<string, SightingRow[]>> {
  const isAsked = asked === undefined ? sql`0` : sql`case when ${atAddress("s", asked)} then 1 else 0 end`;
  const { rows } = await sql<SightingRow>`
    select x.sha256, x.endpoint, a.address as ipv6, x.first_seen, x.last_seen, x.is_current, x.is_issuer, x.in_all, x.current_in_all
    from (
      select t.*, count(*) over (partition by t.sha256) as in_all,
        sum(t.is_current) over (partition by t.sha256) as current_in_all,
        row_number() over (
          partition by t.sha256 order by t.is_asked desc, t.is_current desc, t.last_seen desc, t.endpoint) as place
      from (
        select s.sha256, s.endpoint, s.first_seen, s.last_seen, s.is_issuer, ${isAsked} as is_asked,
          case when s.is_current = 1 and ${isSeen("s")} then 1 else 0 end as is_current
        from ${dialect.rows(certificates.map(({ sha256 }) => [sha256]))}
        join certificate_sightings s on s.sha256 = r.value ->> 0
      ) as t
    ) as x ${ipv6Join("x")}
    where x.place <= ${sql.lit(sightingsShown)} order by x.sha256, x.place`.execute(reader);
  return Map.groupBy(rows, ({ sha256 }) => sha256);
}

function toCertificate(row: Selectable<Tables["certificates"]>, sightings: readonly SightingRow[]): StoredCertificate {
  return {
    sha256: row.sha256,
    keySha256: row.key_sha256,
    subject: row.subject,
    issuer: row.issuer,
    serial: row.serial,
    validFrom: row.valid_from ?? Number.NaN,
    validTo: row.valid_to ?? Number.NaN,
    names: readNames(row.names),
    selfSigned: row.is_self_signed === 1,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    services: sightings.map(toSighting),
    serviceCount: sightings[0]?.in_all ?? 0,
    currentCount: sightings[0]?.current_in_all ?? 0,
  };
}

function toSighting(row: SightingRow): CertificateSighting {
  return {
    address: addressOf(row.endpoint, row.ipv6),
    port: portOf(row.endpoint),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    isCurrent: row.is_current === 1,
    isIssuer: row.is_issuer === 1,
  };
}

function readNames(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

/** Deletes certificates that no service has presented since `before`, except those that are still current. */
export async function pruneCertificates(transaction: Kysely<Tables>, before: number): Promise<number> {
  await sql`
    delete from certificate_sightings
    where last_seen < ${before} and not (is_current = 1 and exists (
      select 1 from watches w cross join presence p
      where p.watch_id = w.id and p.endpoint = certificate_sightings.endpoint and p.state <> 'gone'))`.execute(
    transaction,
  );
  const result = await transaction
    .deleteFrom("certificates")
    .where("sha256", "not in", (build) => build.selectFrom("certificate_sightings").select("sha256"))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
