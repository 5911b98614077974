import type { StoredConnection } from "../core/connection-store.ts";
import { silentLog } from "../core/log.ts";
import { Enricher } from "../inbound/enrich/enricher.ts";
import type { EnrichSettings } from "../inbound/enrich/schema.ts";
import { systemClock } from "../platform/system-clock.ts";

/**
 * Where stored connections come from. What was learnt for an alert is stored; of the others, the databases on this machine
 * tell it now, as they do for the file of connections. Nobody is asked over the network.
 */
export async function storedOrigins(
  settings: EnrichSettings,
): Promise<(connection: StoredConnection) => StoredConnection> {
  const enricher = new Enricher({
    ...settings,
    rdns: { ...settings.rdns, enabled: false },
    ipApi: { ...settings.ipApi, enabled: false },
    clock: systemClock,
    log: silentLog,
  });
  await enricher.start();
  return (connection) =>
    connection.origin === undefined ? { ...connection, origin: enricher.known(connection.peer.address) } : connection;
}
