import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { Clock, Random } from "../core/clock.ts";
import type { Connection, Origin } from "../core/connection.ts";
import type { AlertStore, ConnectionStore } from "../core/connection-store.ts";
import type { Log } from "../core/log.ts";
import { Announcer, type AnnouncerTools } from "../inbound/announce/announcer.ts";
import { AlertComposer } from "../inbound/announce/compose-alert.ts";
import { DeviceLookup, type DeviceOf } from "../inbound/enrich/device-lookup.ts";
import { Enricher } from "../inbound/enrich/enricher.ts";
import { InboundFlow } from "../inbound/flow.ts";
import { Identifier } from "../inbound/identify/identifier.ts";
import { RecordQueue } from "../inbound/record/record-queue.ts";
import { onLinkTest } from "../platform/on-link.ts";
import { threadLoad } from "../platform/thread-load.ts";
import { type InboundSetup, inboundPlan, type MadePlan, type PlanParts } from "./inbound-plan.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

export type { InboundSetup } from "./inbound-plan.ts";

export interface InboundParts {
  readonly connections: ConnectionStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Which device on an own network has an address. Default: nobody knows. */
  readonly deviceOf?: DeviceOf;
  /** The outbox has work. */
  readonly deliver: () => void;
  /** What connections may take in the store. Default: no bound. */
  readonly maxStoredBytes?: number;
  /** Each recorded connection, besides; cheap. `known` tells what is at hand of its peer. */
  readonly seen?: (connection: Connection, known: () => Origin) => void;
  /** `known` must tell the place of the very first peer: databases are opened before the ports. Default: with the first peer. */
  readonly opensDatabases?: boolean;
}

/** An alert waits for the place and the name of a peer so long; what comes later is there for the next one. */
const enrichWaitMs = 2000;

/** The inbound flow, wired. Its `start` opens the ports; its `stop` ends it in order. */
export function inboundFlow(setup: InboundSetup, parts: InboundParts): InboundFlow {
  return new Inbound(setup, parts).flow;
}

/** The inbound flow, wired, and what another configuration makes of it while connections come in. */
export class Inbound implements Replaceable<InboundSetup> {
  readonly flow: InboundFlow;
  readonly #parts: InboundParts;
  readonly #planParts: PlanParts;
  readonly #devices: DeviceLookup | undefined;
  readonly #announcer: Announcer;
  readonly #records: RecordQueue;
  #setup: InboundSetup;
  #plan: MadePlan;
  #enricher: Enricher;

  constructor(setup: InboundSetup, parts: InboundParts) {
    const { clock, log, seen, deviceOf } = parts;
    this.#parts = parts;
    this.#setup = setup;
    this.#enricher = this.#newEnricher(setup);
    this.#devices =
      deviceOf === undefined ? undefined : new DeviceLookup({ deviceOf, deadlineMs: enrichWaitMs, clock, log });
    this.#announcer = new Announcer({
      alerts: parts.alerts,
      ...this.#toolsOf(setup, this.#enricher),
      clock,
      log,
      hostName: hostname(),
      deliver: parts.deliver,
      found: (origins) => parts.connections.setOrigins(origins),
    });
    this.#records = new RecordQueue({
      connections: parts.connections,
      clock,
      log,
      threadLoad: threadLoad(),
      stored: () => this.#announcer.wake(),
      ...(parts.maxStoredBytes === undefined ? {} : { maxStoredBytes: parts.maxStoredBytes }),
    });
    this.#planParts = {
      ...parts,
      identifier: new Identifier(),
      records: this.#records,
      isOnLink: onLinkTest(clock),
      countryOf: (address) => this.#enricher.knownCountry(address),
      flow: () => this.flow,
    };
    this.#plan = inboundPlan(setup, this.#planParts);
    this.flow = new InboundFlow({
      plan: this.#plan,
      records: this.#records,
      alerts: parts.alerts,
      connections: parts.connections,
      announcer: this.#announcer,
      clock,
      ...(seen === undefined
        ? {}
        : { seen: (connection) => seen(connection, () => this.#enricher.known(connection.peer.address)) }),
      ...(parts.opensDatabases === true ? { prepare: () => this.#enricher.start() } : {}),
      ended: () => this.#enricher.stop(),
    });
  }

  /** What connections may take in the store, from now on. */
  keep(maxStoredBytes: number): void {
    this.#records.adjust({ maxStoredBytes });
  }

  /** From now on `known` tells the place of peers that come for the first time. */
  async openDatabases(): Promise<void> {
    await this.#enricher.start();
  }

  async prepare(setup: InboundSetup): Promise<Replacement | undefined> {
    if (isDeepStrictEqual(setup, this.#setup)) return undefined;
    const isEnrichedAlike = isDeepStrictEqual(setup.enrich, this.#setup.enrich);
    const enricher = isEnrichedAlike ? this.#enricher : this.#newEnricher(setup);
    const stopNewEnricher = async () => {
      if (enricher !== this.#enricher) await enricher.stop();
    };
    try {
      if (!isEnrichedAlike) await enricher.start();
      const plan = inboundPlan(setup, this.#planParts, this.#plan);
      const handover = await this.flow.prepare(plan);
      const former = this.#enricher;
      return {
        commit: () => {
          handover.commit();
          this.#setup = setup;
          this.#plan = plan;
          this.#enricher = enricher;
        },
        finish: async () => {
          await this.#announcer.use(this.#toolsOf(setup, enricher));
          if (enricher !== former) await former.stop();
        },
        abandon: async () => {
          await handover.abandon();
          await stopNewEnricher();
        },
      };
    } catch (error) {
      await stopNewEnricher();
      throw error;
    }
  }

  #newEnricher({ enrich }: InboundSetup): Enricher {
    const { clock, log } = this.#parts;
    return new Enricher({ ...enrich, clock, log });
  }

  #toolsOf({ alerts }: InboundSetup, enricher: Enricher): AnnouncerTools {
    const devices = this.#devices;
    return {
      originOf: (address) => enricher.enrich(address, { deadlineMs: enrichWaitMs }),
      ...(devices === undefined ? {} : { deviceOf: (address) => devices.find(address) }),
      composer: new AlertComposer(alerts.text),
    };
  }
}
