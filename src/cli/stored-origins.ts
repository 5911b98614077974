import type { StoredConnection } from "../core/connection-store.ts";
import { silentLog } from "../core/log.ts";
import { Enricher } from "../inbound/enrich/enricher.ts";
import type { EnrichSettings } from "../inbound/enrich/schema.ts";
import { systemClock } from "../platform/system-clock.ts";

/**
 * The origin of stored connections. Origins looked up for an alert are stored; for other connections the local databases are
 * queried now, as for the connections file. Makes no network lookups, and opens databases only when they are needed.
 */
export class StoredOrigins {
  readonly #settings: EnrichSettings;
  #enricher: Enricher | undefined;

  constructor(settings: EnrichSettings) {
    this.#settings = settings;
  }

  async complete(connection: StoredConnection): Promise<StoredConnection> {
    if (connection.origin !== undefined) return connection;
    this.#enricher ??= await this.#open();
    return { ...connection, origin: this.#enricher.known(connection.peer.address) };
  }

  async #open(): Promise<Enricher> {
    const { rdns, ipApi } = this.#settings;
    const enricher = new Enricher({
      ...this.#settings,
      rdns: { ...rdns, enabled: false },
      ipApi: { ...ipApi, enabled: false },
      clock: systemClock,
      log: silentLog,
    });
    await enricher.start();
    return enricher;
  }
}
