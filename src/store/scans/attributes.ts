import { sql } from "kysely";
import type { FinishContext } from "./finish-context.ts";

/** Records the attributes of services, and discovers that another product answers. */
export async function noteAttributes(context: FinishContext): Promise<void> {
  const { transaction, staging, watchId, scanId, outcome, seenAt } = context;
  const attributes = staging.attributes;
  // An unknown value on either side is not a change. The history is the watch's own: each watch reports a change once.
  const hasChanged = sql`p.product is not null and n.product is not null and (p.product <> n.product
    or (p.version is not null and n.version is not null and p.version <> n.version))`;
  await sql`
    insert into discoveries
      (watch_id, scan_id, kind, at, endpoint, first_seen, last_seen, detail, is_first_scan, is_quiet)
    select p.watch_id, ${sql.lit(scanId)}, 'changed', ${sql.lit(outcome.at)}, p.endpoint, p.first_seen,
      coalesce(p.last_seen, ${sql.lit(seenAt)}),
      'was ' || p.product || coalesce(' ' || p.version, '') || ', is ' || n.product || coalesce(' ' || n.version, ''), 0, 0
    from ${attributes} n join presence p on p.watch_id = ${watchId} and p.endpoint = n.endpoint
    where ${hasChanged}
    order by p.endpoint`.execute(transaction);
  await sql`
    update presence set product = n.product,
      version = case when presence.product = n.product then coalesce(n.version, presence.version) else n.version end
    from ${attributes} n
    where presence.watch_id = ${watchId} and presence.endpoint = n.endpoint and n.product is not null
      and (presence.product is distinct from n.product or presence.version is distinct from coalesce(n.version, presence.version))`.execute(
    transaction,
  );
  await sql`
    update services set
      hostname = coalesce(n.hostname, services.hostname), mac = coalesce(n.mac, services.mac),
      vendor = coalesce(n.vendor, services.vendor), name = coalesce(n.name, services.name),
      product = coalesce(n.product, services.product),
      version = case when n.product is null or n.product = services.product then coalesce(n.version, services.version)
        else n.version end
    from ${attributes} n
    where services.site = 'local' and services.endpoint = n.endpoint
      and (services.hostname is distinct from coalesce(n.hostname, services.hostname)
        or services.mac is distinct from coalesce(n.mac, services.mac)
        or services.vendor is distinct from coalesce(n.vendor, services.vendor)
        or services.name is distinct from coalesce(n.name, services.name)
        or services.product is distinct from coalesce(n.product, services.product)
        or services.version is distinct from coalesce(n.version, services.version))`.execute(transaction);
}
