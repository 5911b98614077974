import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Port } from "../../core/ports.ts";
import type { Dialect } from "../database.ts";
import { firstIpv6Endpoint } from "../keys/endpoint.ts";
import { ipv6Join } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";

/** Past this many ports a watch gets no views: 65,535 of them would be useless. */
const portLimit = 64;

/**
 * The earlier tool kept a table `hosts_port_<port>` (ip_address, first_seen, last_seen as local ISO times) per port.
 * Scripts that read those find views of the same shape.
 */
export async function createHostViews(
  transaction: Kysely<Tables>,
  dialect: Dialect,
  ports: readonly Port[],
): Promise<void> {
  if (ports.length > portLimit) return;
  for (const port of ports) {
    const name = hostViewName(port);
    const { rows } = await dialect.table(name).execute(transaction);
    if (rows.length === 0) await hostView(name, port, dialect).execute(transaction);
  }
}

export function hostViewName(port: Port): string {
  return `hosts_port_${port}`;
}

function hostView(name: string, port: Port, dialect: Dialect): RawBuilder<unknown> {
  const octet = (shift: number) => sql`((s.endpoint >> ${sql.lit(shift)}) & 255)`;
  const lastSeen = sql`coalesce((
    select max(coalesce(p.last_seen, w.seen_at)) from watches w
    join presence p on p.watch_id = w.id and p.endpoint = s.endpoint
  ), s.last_seen)`;
  return sql`create view ${sql.id(name)} as
    select
      case when s.endpoint < ${sql.lit(firstIpv6Endpoint)}
        then ${octet(40)} || '.' || ${octet(32)} || '.' || ${octet(24)} || '.' || ${octet(16)}
        else a.address end as ip_address,
      ${dialect.localTime(sql`s.first_seen`)} as first_seen,
      ${dialect.localTime(lastSeen)} as last_seen
    from services s ${ipv6Join("s")}
    where s.endpoint % 65536 = ${sql.lit(port)}`;
}
