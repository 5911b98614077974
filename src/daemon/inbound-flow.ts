import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { Clock, Random } from "../core/clock.ts";
import type { Connection, Origin } from "../core/connection.ts";
import type { AlertStore, ConnectionStore } from "../core/connection-store.ts";
import type { Log } from "../core/log.ts";
import type { MuteStore } from "../core/mute.ts";
import { Announcer, type AnnouncerTools } from "../inbound/announce/announcer.ts";
import { AlertComposer } from "../inbound/announce/compose-alert.ts";
import { MuteView } from "../inbound/decide/mute-view.ts";
import { DeviceLookup, type DevicesOf } from "../inbound/enrich/device-lookup.ts";
import { Enricher } from "../inbound/enrich/enricher.ts";
import { PeerOrigins } from "../inbound/enrich/peer-origins.ts";
import { InboundFlow } from "../inbound/flow.ts";
import { Identifier } from "../inbound/identify/identifier.ts";
import { RecordQueue } from "../inbound/record/record-queue.ts";
import { onLinkTest } from "../platform/on-link.ts";
import { threadLoad } from "../platform/thread-load.ts";
import { takesHtml } from "./channels.ts";
import { type CreatedPlan, type InboundSetup, inboundPlan, type PlanParts } from "./inbound-plan.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

export type { InboundSetup } from "./inbound-plan.ts";

export interface InboundParts {
  readonly connections: ConnectionStore;
  readonly alerts: AlertStore;
  /** Default: there are no mutes. */
  readonly mutes?: MuteStore | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Finds the devices that have an address on an own network. Default: none is known. */
  readonly devicesOf?: DevicesOf | undefined;
  /** Called with the number of alerts that were stored. */
  readonly alerted?: (alerts: number) => void;
  /** Called when the outbox has new deliveries. */
  readonly deliver: () => void;
  /** Maximum size of the connections in the store. Default: no limit. */
  readonly maxStoredBytes?: number | undefined;
  /** Receives each recorded connection; must be cheap. `known` returns what is known about its peer without waiting. */
  readonly seen?: (connection: Connection, known: () => Origin) => void;
  /**
   * Opens the GeoIP databases before the ports, so that `known` has the place of the first peer. Default: at the
   * first peer.
   */
  readonly opensDatabases?: boolean;
}

/** How long an alert waits for the place and the name of a peer. Later answers are used for the next alert. */
const enrichWaitMs = 2000;

/** Wires the inbound flow. Its `start` opens the ports; its `stop` shuts it down gracefully. */
export function inboundFlow(setup: InboundSetup, parts: InboundParts): InboundFlow {
  return new Inbound(setup, parts).flow;
}

/** The wired inbound flow, which can be reconfigured while it accepts connections. */
export class Inbound implements Replaceable<InboundSetup> {
  readonly flow: InboundFlow;
  readonly #parts: InboundParts;
  readonly #planParts: PlanParts;
  readonly #devices: DeviceLookup | undefined;
  readonly #announcer: Announcer;
  readonly #records: RecordQueue;
  #setup: InboundSetup;
  #plan: CreatedPlan;
  #enricher: Enricher;

  constructor(setup: InboundSetup, parts: InboundParts) {
    const { clock, log, seen, devicesOf } = parts;
    this.#parts = parts;
    this.#setup = setup;
    this.#enricher = this.#newEnricher(setup);
    this.#devices =
      devicesOf === undefined ? undefined : new DeviceLookup({ devicesOf, deadlineMs: enrichWaitMs, clock, log });
    this.#announcer = new Announcer({
      alerts: parts.alerts,
      ...this.#toolsOf(setup, this.#enricher),
      clock,
      log,
      hostName: hostname(),
      takesHtml,
      deliver: parts.deliver,
      found: (origins) => parts.connections.setOrigins(origins),
    });
    this.#records = new RecordQueue({
      connections: parts.connections,
      clock,
      log,
      threadLoad: threadLoad(),
      stored: (alerts) => {
        parts.alerted?.(alerts);
        this.#announcer.wake();
      },
      maxStoredBytes: parts.maxStoredBytes,
      origins: new PeerOrigins({
        clock,
        find: (address) => this.#enricher.located(address),
        keep: (origins) => parts.connections.setOrigins(origins),
      }),
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
      mutes: parts.mutes && new MuteView({ mutes: parts.mutes, clock, log }),
      seen: seen && ((connection) => seen(connection, () => this.#enricher.known(connection.peer.address))),
      prepare: parts.opensDatabases === true ? () => this.#enricher.start() : undefined,
      ended: () => this.#enricher.stop(),
    });
  }

  /** Changes the maximum size of the connections in the store. */
  keep(maxStoredBytes: number): void {
    this.#records.adjust({ maxStoredBytes });
  }

  /** Opens the GeoIP databases, so that `known` has the place of new peers. */
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

  #toolsOf({ alerts, alertLayout }: InboundSetup, enricher: Enricher): AnnouncerTools {
    const devices = this.#devices;
    return {
      originOf: (address) => enricher.enrich(address, { deadlineMs: enrichWaitMs }),
      devicesOf: devices && ((address) => devices.find(address)),
      composer: new AlertComposer(alerts.text, alertLayout),
    };
  }
}
