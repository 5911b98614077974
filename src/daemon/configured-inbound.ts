import type { Config } from "../config/config.ts";
import type { InboundFlow } from "../inbound/flow.ts";
import { connectionJson } from "../present/connections/connection-json.ts";
import { alertRoutes } from "./channels.ts";
import { ConnectionFile } from "./connection-file.ts";
import { Inbound, type InboundParts, type InboundSetup } from "./inbound-flow.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

export type ConfiguredInboundParts = Omit<InboundParts, "maxStoredBytes" | "opensDatabases" | "seen"> & {
  readonly seen: NonNullable<InboundParts["seen"]>;
};

/** The inbound flow of the configuration; it is created with the first configuration that has a listener. */
export class ConfiguredInbound implements Replaceable<Config>, AsyncDisposable {
  readonly #parts: ConfiguredInboundParts;
  readonly #file: ConnectionFile;
  #inbound: Inbound | undefined;

  constructor(config: Config, parts: ConfiguredInboundParts) {
    this.#parts = parts;
    this.#file = new ConnectionFile(config, parts);
    if (config.listeners.length > 0) this.#inbound = this.#newInbound(setupOf(config), config);
  }

  get flow(): InboundFlow | undefined {
    return this.#inbound?.flow;
  }

  /** Does not stop the flow; the code that started it does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async prepare(config: Config): Promise<Replacement | undefined> {
    const file = await this.#file.prepare(config);
    const isNew = this.#inbound === undefined;
    if (isNew && config.listeners.length === 0) return file;
    const inbound = this.#inbound ?? this.#newInbound({ ...setupOf(config), listeners: [] }, config);
    // It has no ports yet; the plan below adds them.
    if (isNew) await inbound.flow.start();
    const stopIfNew = async () => {
      if (isNew) await inbound.flow.stop();
    };
    try {
      if (config.logging.connections !== undefined && !this.#file.isWanted) await inbound.openDatabases();
      const plan = await inbound.prepare(setupOf(config));
      return {
        commit: () => {
          plan?.commit();
          file?.commit();
          this.#inbound = inbound;
          inbound.keep(config.retention.connectionsMaxBytes);
        },
        finish: async () => {
          await plan?.finish?.();
          await file?.finish?.();
        },
        abandon: async () => {
          await plan?.abandon?.();
          await stopIfNew();
        },
      };
    } catch (error) {
      await stopIfNew();
      throw error;
    }
  }

  #newInbound(setup: InboundSetup, config: Config): Inbound {
    const { seen } = this.#parts;
    return new Inbound(setup, {
      ...this.#parts,
      maxStoredBytes: config.retention.connectionsMaxBytes,
      opensDatabases: this.#file.isWanted,
      seen: (connection, known) => {
        seen(connection, known);
        this.#file.add(() => JSON.stringify(connectionJson({ ...connection, origin: known() })));
      },
    });
  }
}

function setupOf(config: Config): InboundSetup {
  const { listeners, enrich, alerts } = config;
  return { listeners, enrich, alerts, routes: alertRoutes(config) };
}
