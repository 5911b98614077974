import { type RawBuilder, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import type { Coverage } from "../../core/coverage.ts";
import { everyPort, everyPortAtLeast, type Port } from "../../core/ports.ts";
import type { ScanOutcome } from "../../core/scan-store.ts";
import { addressOf } from "../keys/endpoint.ts";
import { ipv6Join } from "../keys/ipv6-join.ts";
import type { FinishContext } from "./finish-context.ts";

/** Rows of known hosts read at once. */
const pageSize = 5000;

/** The context before this step, which creates the rest. */
type EarlyContext = Omit<FinishContext, "everyPort">;

/**
 * Hosts on which every tried port answers are middleboxes, tarpits and the like: a thousand services of which none
 * may be real. Where a scan sighted such a host, one endpoint with the port {@link everyPort} replaces its endpoints;
 * so it is discovered once, present once and, when it answers on fewer ports again, gone once. In the meantime its
 * single ports count neither as sighted nor as missed.
 *
 * This is done for a host that was sighted on all probed ports. For a host that was already known as such, it is also done
 * where every port without a sighting was not probed, or possibly not probed.
 * @returns the endpoints of those hosts, or `undefined` where there is none
 */
export async function collapseEveryPort(
  context: EarlyContext,
  ports: readonly Port[],
): Promise<RawBuilder<unknown> | undefined> {
  const { transaction, staging, outcome } = context;
  const coverage = outcome.status === "failed" ? nothing : outcome.coverage;
  const probed = [...new Set(coverage.kind === "ranges" ? coverage.ports : ports)];
  if (probed.length < everyPortAtLeast || outcome.hostsOnly === true) return undefined;
  const { port, count } = await rarestPort(context, probed);
  const unprobed = unprobedPorts(coverage);
  if (count === 0 && unprobed === undefined) return undefined;
  const host = sql`s.endpoint - ${sql.lit(port)}`;
  const hosts = await staging.createKeyed(
    transaction,
    "every",
    sql`select ${host} as endpoint from ${staging.sighted} s
      where s.endpoint % 65536 = ${sql.lit(port)} and ${sightedOn(context, host, probed)} = ${sql.lit(probed.length)}`,
  );
  if (unprobed !== undefined) await keepKnown(context, { hosts, probed, unprobed });
  const { rows } = await sql<{ found: number | boolean }>`select exists (select 1 from ${hosts}) as found`.execute(
    transaction,
  );
  if (!rows[0]?.found) return undefined;
  await replace(context, hosts);
  return hosts;
}

const nothing: Coverage = { kind: "none" };

/** On how many of the probed ports a host was sighted; a range of the primary key. */
function sightedOn({ staging }: EarlyContext, host: RawBuilder<unknown>, probed: readonly Port[]) {
  return sql`(select count(*) from ${staging.sighted} h where h.endpoint between ${host} and ${host} + 65535
    and h.endpoint % 65536 in (select i.value from ${staging.dialect.integers(probed)}))`;
}

/**
 * The port with the fewest sightings, of a sample of the probed ports: every host that answers on all ports has a sighting
 * there, and few others do. This reads all sightings once, without sorting them.
 */
async function rarestPort({ transaction, staging }: EarlyContext, probed: readonly Port[]) {
  const samples = [0, 1, 2, 3].map((part) => probed[Math.floor(((probed.length - 1) * part) / 3)] ?? 0);
  const counts = samples.map(
    (port, index) =>
      sql`count(case when s.endpoint % 65536 = ${sql.lit(port)} then 1 end) as ${sql.id(`count${index}`)}`,
  );
  const { rows } = await sql<Record<string, number>>`select ${sql.join(counts)} from ${staging.sighted} s`.execute(
    transaction,
  );
  const found = samples.map((port, index) => ({ port, count: rows[0]?.[`count${index}`] ?? 0 }));
  return found.reduce((rarest, each) => (each.count < rarest.count ? each : rarest));
}

/** Adds hosts already known to answer on every port, where this scan could not probe all ports. */
async function keepKnown(
  context: EarlyContext,
  options: {
    readonly hosts: RawBuilder<unknown>;
    readonly probed: readonly Port[];
    readonly unprobed: (address: Address) => number;
  },
): Promise<void> {
  const { transaction, staging, watchId } = context;
  const { hosts, probed, unprobed } = options;
  for (let after = -1; ; ) {
    const { rows } = await sql<{ endpoint: number; ipv6: string | null; sighted: number }>`
      select p.endpoint, a.address as ipv6, ${sightedOn(context, sql`p.endpoint`, probed)} as sighted
      from presence p ${ipv6Join("p")}
      where p.watch_id = ${watchId} and p.endpoint > ${after} and p.endpoint % 65536 = ${sql.lit(everyPort)}
        and p.state in ('present', 'flapping') and not exists (select 1 from ${hosts} e where e.endpoint = p.endpoint)
      order by p.endpoint limit ${pageSize}`.execute(transaction);
    const kept = rows.filter(
      ({ endpoint, ipv6, sighted }) => sighted > 0 && sighted + unprobed(addressOf(endpoint, ipv6)) >= probed.length,
    );
    if (kept.length > 0) {
      const endpoints = staging.dialect.integers(kept.map(({ endpoint }) => endpoint));
      await sql`insert into ${hosts} (endpoint) select i.value from ${endpoints}`.execute(transaction);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.endpoint;
  }
}

/** How many ports of an address were possibly not probed; `undefined` where all were. */
function unprobedPorts(coverage: ScanOutcome["coverage"]): ((address: Address) => number) | undefined {
  if (coverage.kind === "none") return () => Number.POSITIVE_INFINITY;
  const except = coverage.except ?? [];
  if (except.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const endpoint of except) {
    const space = endpoint.lastIndexOf(" ");
    const address = endpoint.slice(0, space);
    // Nothing is known about the host as a whole.
    const ports = Number(endpoint.slice(space + 1)) === everyPort ? Number.POSITIVE_INFINITY : 1;
    counts.set(address, (counts.get(address) ?? 0) + ports);
  }
  return (address) => counts.get(address) ?? 0;
}

/** Replaces all endpoints of each host by one, which gets the attributes of the host. */
async function replace({ transaction, staging }: EarlyContext, hosts: RawBuilder<unknown>): Promise<void> {
  const ofHosts = (table: RawBuilder<unknown>) =>
    sql`${table}.endpoint % 65536 <> ${sql.lit(everyPort)} and exists (
      select 1 from ${hosts} e where e.endpoint = ${table}.endpoint - ${table}.endpoint % 65536)`;
  const { sighted, attributes } = staging;
  await sql`delete from ${sighted} where ${ofHosts(sighted)}`.execute(transaction);
  await sql`insert into ${sighted} (endpoint) select e.endpoint from ${hosts} e`.execute(transaction);
  if (!staging.hasAttributes) return;
  await sql`
    insert into ${attributes} (endpoint, hostname, mac, vendor)
    select e.endpoint, max(n.hostname), max(n.mac), max(n.vendor)
    from ${hosts} e join ${attributes} n on n.endpoint between e.endpoint and e.endpoint + 65535
    group by e.endpoint`.execute(transaction);
  await sql`delete from ${attributes} where ${ofHosts(attributes)}`.execute(transaction);
}
