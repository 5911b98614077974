import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Connection, Origin } from "../../core/connection.ts";
import type { ConnectionQuery, OriginFilter } from "../../core/connection-store.ts";
import type { Dialect } from "../database.ts";
import { isPlainText } from "../keys/like-pattern.ts";
import { padded } from "../keys/padded.ts";
import type { Tables } from "../tables.ts";

/**
 * Filters of connections without an index. What the database can compare leaves out most rows; what a row really has is compared
 * after it was read, because the origin is JSON and texts are compared as JavaScript does.
 */
export interface ScannedFilters {
  /** Over `c` (connections), `o` (origins) and `k` (contents). */
  readonly conditions: readonly RawBuilder<SqlBool>[];
  readonly fits: (row: { readonly origin?: Origin }) => boolean;
}

/** Every row fits. */
export const noFilters: ScannedFilters = { conditions: [], fits: () => true };

/** Addresses of devices that a page compares with its peers at most. */
const maxAddresses = 512;

/** `undefined`: the query has no such filter. */
export async function scannedFilters(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: ConnectionQuery,
): Promise<ScannedFilters | undefined> {
  const conditions: RawBuilder<SqlBool>[] = [];
  const { end, muted, words = [] } = query;
  if (muted !== undefined) conditions.push(muted ? sql`c.muted_until is not null` : sql`c.muted_until is null`);
  if (end !== undefined) conditions.push(sql`c.ending = ${end}`);
  const ofOrigin = originFilters(query, dialect);
  if (ofOrigin !== undefined) conditions.push(...ofOrigin.conditions);
  for (const word of words)
    if (isOnlyInTexts(word)) conditions.push(hasWord(word, dialect, await ofNamedDevices(reader, dialect, word)));
  return conditions.length === 0 ? undefined : { conditions, fits: (ofOrigin ?? noFilters).fits };
}

/** Of what is known about a source: over `o` (origins) alone. */
export function originFilters(
  { country, asn, organization, hostname }: OriginFilter,
  dialect: Dialect,
): ScannedFilters | undefined {
  const conditions: RawBuilder<SqlBool>[] = [];
  for (const part of [country, organization, hostname]) {
    if (part === undefined) continue;
    conditions.push(sql`o.origin is not null`);
    // In JSON a quotation mark and a backslash look different.
    if (isPlainText(part) && !/["\\]/.test(part)) conditions.push(dialect.contains(sql`o.origin`, part));
  }
  if (asn !== undefined) conditions.push(dialect.contains(sql`o.origin`, `"asn":${asn}`));
  if (conditions.length === 0) return undefined;
  const tests = [
    country === undefined ? undefined : isOneOf(country, (origin) => [origin?.countryCode, origin?.country]),
    organization === undefined
      ? undefined
      : isPartOf(organization, (origin) => [origin?.organization, origin?.provider]),
    hostname === undefined ? undefined : isPartOf(hostname, (origin) => [origin?.hostname]),
    asn === undefined ? undefined : (origin: Origin | undefined) => origin?.asn === asn,
  ].filter((test) => test !== undefined);
  return { conditions, fits: ({ origin }) => tests.every((test) => test(origin)) };
}

type TextsOf = (origin: Origin | undefined) => readonly (string | undefined)[];

function isOneOf(value: string, textsOf: TextsOf) {
  const wanted = value.toLowerCase();
  return (origin: Origin | undefined) => textsOf(origin).some((text) => text?.toLowerCase() === wanted);
}

function isPartOf(value: string, textsOf: TextsOf) {
  const wanted = value.toLowerCase();
  return (origin: Origin | undefined) => textsOf(origin).some((text) => text?.toLowerCase().includes(wanted) === true);
}

/** Whether no number, time or address without a zone can contain the word, and JSON has it as it is. */
function isOnlyInTexts(word: string): boolean {
  return isPlainText(word) && /[^0-9a-ftz:.%+-]/i.test(word) && !/["\\]/.test(word);
}

const endings: Readonly<Record<Connection["end"], true>> = {
  "client-closed": true,
  reset: true,
  heard: true,
  "time-limit": true,
  "byte-limit": true,
  "over-limit": true,
  shutdown: true,
};
const phases: Readonly<Record<Connection["phase"], true>> = {
  "client-first": true,
  "after-banner": true,
  silent: true,
};

/** Longer keys have a zone, which is a text. */
const zonelessBytes = 17;

/**
 * Whether a device that has, or had, the address of the peer has this part in one of its names. The devices are looked up once for a page, and there are few:
 * which of them had the address at the time of a connection is compared after that was read.
 */
async function ofNamedDevices(
  reader: Kysely<Tables>,
  dialect: Dialect,
  part: string,
): Promise<RawBuilder<SqlBool> | undefined> {
  const { rows } = await sql<{ address: Uint8Array }>`
    select distinct a.address from devices d join device_addresses a on a.site = d.site and a.mac = d.mac
    where d.site = 'local' and (${dialect.contains(sql`d.own_name`, part)} or ${dialect.contains(sql`d.names`, part)})
    limit ${sql.lit(maxAddresses + 1)}`.execute(reader);
  if (rows.length === 0) return undefined;
  if (rows.length > maxAddresses)
    return sql`c.peer in (select a.address from device_addresses a where a.site = 'local')`;
  return sql`c.peer in (${sql.join(padded(rows.map(({ address }) => address)))})`;
}

function hasWord(word: string, { contains }: Dialect, ofDevices: RawBuilder<SqlBool> | undefined): RawBuilder<SqlBool> {
  const texts = [sql`coalesce(k.identification, c.identification)`, sql`o.origin`, sql`c.listener`, sql`c.id`];
  const zones = ["c.peer", "c.local", "c.via"].map(
    (column) => sql<SqlBool>`length(${sql.ref(column)}) > ${sql.lit(zonelessBytes)}`,
  );
  const named = [
    { column: "c.ending", names: endings },
    { column: "c.phase", names: phases },
  ].map(({ column, names }) => {
    const fitting = Object.keys(names).filter((name) => name.includes(word.toLowerCase()));
    return fitting.length === 0 ? undefined : sql<SqlBool>`${sql.ref(column)} in (${sql.join(fitting)})`;
  });
  const all = [...texts.map((text) => contains(text, word)), ...zones, ...named, ofDevices].filter(
    (each) => each !== undefined,
  );
  return sql`(${sql.join(all, sql` or `)})`;
}
