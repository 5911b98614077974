import type { DatabaseSync } from "node:sqlite";
import { type Kysely, sql } from "kysely";
import { type Address, parseAddress } from "../../core/address.ts";
import { HarbingerError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { isPort, type Port } from "../../core/ports.ts";
import type { Dialect } from "../database.ts";
import { type Endpoint, ipv4Endpoint, ipv6Endpoint, ipv6SortKey, isIpv4 } from "../keys/endpoint.ts";
import { createHostViews, hostViewName } from "../scans/host-views.ts";
import type { Tables } from "../tables.ts";

/**
 * Makes the database of the earlier tool ours. It has one table `hosts_port_<port>` (ip_address, first_seen, last_seen
 * as local ISO times) per port. Its hosts become inherited services; a view of the same name and shape stands where
 * the table was. All of it happens in the transaction that creates our tables, so an interrupted takeover changes nothing.
 */

/** Rows read and written at once. */
const pageSize = 2000;

/**
 * The ports that the earlier tool watched in this file; none where it is new, or ours already.
 * @throws HarbingerError where the file belongs to some other program
 */
export function inheritedPorts(database: DatabaseSync, file: string): readonly Port[] {
  const names = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'")
    .all()
    .map(({ name }) => String(name));
  if (names.length === 0 || names.includes("meta")) return [];
  const ports = names.map(portOfTable).filter((port) => port !== undefined);
  if (ports.length === 0) {
    throw new HarbingerError("store", `${file} is the database of another program`, {
      remedy: "Set `store:` to a file of Harbinger's own.",
    });
  }
  return ports;
}

function portOfTable(name: string): Port | undefined {
  const match = /^hosts_port_(\d{1,5})$/.exec(name);
  const port = Number(match?.[1] ?? 0);
  return isPort(port) && name === hostViewName(port) ? port : undefined;
}

interface EarlierRow {
  readonly row: number;
  readonly ip_address: unknown;
  readonly first_seen: unknown;
  readonly last_seen: unknown;
}

export interface TakeoverOptions {
  readonly ports: readonly Port[];
  readonly dialect: Dialect;
  /** For rows whose times cannot be read. */
  readonly at: number;
  readonly log: Log;
}

/** Moves the hosts of all `ports`; inside the transaction that has just created our tables. */
export async function takeOver(transaction: Kysely<Tables>, options: TakeoverOptions): Promise<void> {
  const { ports, log } = options;
  await sql`create table takeover_rejects (
    port integer not null, ip_address text, first_seen text, last_seen text
  )`.execute(transaction);
  let kept = 0;
  let rejected = 0;
  for (const port of ports) {
    const counts = await takeOverPort(transaction, port, options);
    kept += counts.kept;
    rejected += counts.rejected;
    await sql`drop table ${sql.id(hostViewName(port))}`.execute(transaction);
    await createHostViews(transaction, options.dialect, [port]);
  }
  log.info("imported hosts from the legacy database", { hosts: kept, ports: ports.length });
  if (rejected > 0) {
    log.warn("some rows of the earlier tool hold no address; they are kept in the table takeover_rejects", {
      rows: rejected,
    });
  }
}

async function takeOverPort(transaction: Kysely<Tables>, port: Port, options: TakeoverOptions) {
  const table = sql.id(hostViewName(port));
  let kept = 0;
  let rejected = 0;
  for (let after = 0; ; ) {
    const { rows } = await sql<EarlierRow>`
      select rowid as row, ip_address, first_seen, last_seen from ${table}
      where rowid > ${after} order by rowid limit ${pageSize}`.execute(transaction);
    for (const row of rows) {
      if (await takeOverRow(transaction, port, row, options.at)) kept += 1;
      else rejected += 1;
    }
    const last = rows.at(-1);
    if (last === undefined) return { kept, rejected };
    after = last.row;
  }
}

/** @returns false where the row names no address; it is then kept aside */
async function takeOverRow(transaction: Kysely<Tables>, port: Port, row: EarlierRow, at: number): Promise<boolean> {
  const address = typeof row.ip_address === "string" ? parseAddress(row.ip_address.trim()) : undefined;
  if (address === undefined) {
    await sql`insert into takeover_rejects values (${port}, ${asText(row.ip_address)}, ${asText(row.first_seen)}, ${asText(row.last_seen)})`.execute(
      transaction,
    );
    return false;
  }
  const firstSeen = parseLocalTime(row.first_seen) ?? at;
  await transaction
    .insertInto("services")
    .values({
      endpoint: await endpointOf(transaction, address, port),
      first_seen: firstSeen,
      last_seen: parseLocalTime(row.last_seen) ?? firstSeen,
      is_inherited: 1,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return true;
}

async function endpointOf(transaction: Kysely<Tables>, address: Address, port: Port): Promise<Endpoint> {
  if (isIpv4(address)) return ipv4Endpoint(address, port);
  const { id } = await transaction
    .insertInto("ipv6_addresses")
    .values({ sort_key: ipv6SortKey(address), address })
    .onConflict((conflict) => conflict.column("sort_key").doUpdateSet({ address }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return ipv6Endpoint(id, port);
}

/** Reads `2024-09-25T14:30:22.123456`, as Python's `datetime.now().isoformat()` writes local time. */
function parseLocalTime(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/.exec(value.trim());
  if (match === null) return undefined;
  // Without an offset this form is local time (ECMA-262, Date Time String Format).
  const time = Date.parse(`${match[1]}T${match[2]}.${(match[3] ?? "").padEnd(3, "0").slice(0, 3)}`);
  return Number.isNaN(time) ? undefined : time;
}

function asText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
