import { hostname } from "node:os";
import type { Address } from "../core/address.ts";
import type { Clock, Random } from "../core/clock.ts";
import type { Connection, Origin } from "../core/connection.ts";
import type { AlertStore, ConnectionStore } from "../core/connection-store.ts";
import type { ChannelName } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";
import { AlertGate, bucketOf } from "../inbound/alert/alert-gate.ts";
import { Announcer } from "../inbound/alert/announcer.ts";
import { AlertComposer } from "../inbound/alert/compose-alert.ts";
import type { CountryOf } from "../inbound/alert/digest.ts";
import { IgnoreRules } from "../inbound/alert/ignore-rules.ts";
import type { AlertSettings } from "../inbound/alert/schema.ts";
import type { ListenerRules } from "../inbound/alert-route.ts";
import { Capture } from "../inbound/capture/capture.ts";
import { DeviceLookup, type DeviceOf } from "../inbound/enrich/device-lookup.ts";
import { Enricher } from "../inbound/enrich/enricher.ts";
import type { EnrichSettings } from "../inbound/enrich/schema.ts";
import { InboundFlow } from "../inbound/flow.ts";
import { Identifier } from "../inbound/identify/identifier.ts";
import { Listener } from "../inbound/listen/listener.ts";
import type { ListenerSettings } from "../inbound/listen/schema.ts";
import { shareDescriptors } from "../inbound/listen/share-descriptors.ts";
import { whyTurnedAway } from "../inbound/listen/turned-away.ts";
import { RecordQueue } from "../inbound/record-queue.ts";
import { descriptorBudget } from "../platform/descriptors.ts";
import { onLinkTest } from "../platform/on-link.ts";
import { threadLoad } from "../platform/thread-load.ts";

/** What listens, and who hears of it. */
export interface InboundSetup {
  readonly listeners: readonly ListenerSettings[];
  readonly enrich: EnrichSettings;
  readonly alerts: AlertSettings;
  readonly routes: readonly { readonly channel: ChannelName; readonly recipients: readonly string[] }[];
}

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

/** With nobody to tell there are still connections to pass over in silence, and a route's gates know which. */
const nobody: InboundSetup["routes"][number] = { channel: "mail", recipients: [] };

/** The inbound flow, wired. Its `start` opens the ports; its `stop` ends it in order. */
export function inboundFlow(setup: InboundSetup, parts: InboundParts): InboundFlow {
  const { clock, random, log, seen } = parts;
  const enricher = new Enricher({ ...setup.enrich, clock, log });
  const { deviceOf } = parts;
  const devices =
    deviceOf === undefined ? undefined : new DeviceLookup({ deviceOf, deadlineMs: enrichWaitMs, clock, log });
  const announcer = new Announcer({
    alerts: parts.alerts,
    originOf: (address) => enricher.enrich(address, { deadlineMs: enrichWaitMs }),
    ...(devices === undefined ? {} : { deviceOf: (address) => devices.find(address) }),
    composer: new AlertComposer(setup.alerts.text),
    clock,
    log,
    hostName: hostname(),
    deliver: parts.deliver,
    found: (origins) => parts.connections.setOrigins(origins),
  });
  const records = new RecordQueue({
    connections: parts.connections,
    clock,
    log,
    threadLoad: threadLoad(),
    stored: () => announcer.wake(),
    ...(parts.maxStoredBytes === undefined ? {} : { maxStoredBytes: parts.maxStoredBytes }),
  });
  const identifier = new Identifier();
  const listeners = setup.listeners.map((settings) => {
    const reception = new Capture({
      settings: settings.capture,
      identify: identifier.identify,
      clock,
      log,
      onConnection: (connection) => flow.captured(connection),
    });
    return new Listener({
      settings,
      reception,
      clock,
      random,
      log,
      onTurnedAway(counts) {
        for (const turnedAway of counts) {
          const { listener, localPort, network, count } = turnedAway;
          log.warn(`connections were ${whyTurnedAway(turnedAway)}`, { listener, port: localPort, network, count });
        }
      },
    });
  });
  const rules = rulesOf(setup, onLinkTest(clock));
  const countryOf: CountryOf = (address) => enricher.knownCountry(address);
  const flow: InboundFlow = new InboundFlow({
    listeners,
    routes: (setup.routes.length > 0 ? setup.routes : [nobody]).map((route) => ({
      ...route,
      gates: gatesOf(setup.alerts, rules, {
        countryOf,
        // An alert is one for each of its recipients.
        hasRoom: (others) => records.hasRoomForAlert(others * route.recipients.length),
      }),
    })),
    rules,
    records,
    alerts: parts.alerts,
    connections: parts.connections,
    announcer,
    clock,
    ...(seen === undefined
      ? {}
      : { seen: (connection) => seen(connection, () => enricher.known(connection.peer.address)) }),
    ...(parts.opensDatabases === true ? { prepare: () => enricher.start() } : {}),
    opened: () => shareDescriptors(listeners, descriptorBudget(), log),
    ended: () => enricher.stop(),
  });
  return flow;
}

/** What is nobody's business, and how long an address is left alone, may differ from listener to listener. */
function rulesOf(
  { alerts, listeners }: InboundSetup,
  isOnLink: (address: Address) => boolean,
): ReadonlyMap<string, ListenerRules> {
  return new Map(
    listeners.map(({ name, cooldownMs, ignore, logIgnored }) => [
      name,
      {
        cooldown: { ...alerts.cooldown, ...(cooldownMs === undefined ? {} : { cooldownMs }), isOnLink },
        ...(alerts.budget === undefined ? {} : { budget: alerts.budget }),
        ignore: new IgnoreRules({
          ...alerts.ignore,
          networks: [...alerts.ignore.networks, ...ignore],
          alsoUnrecorded: alerts.ignore.alsoUnrecorded || !logIgnored,
        }),
      },
    ]),
  );
}

function gatesOf(
  { budget }: AlertSettings,
  rules: ReadonlyMap<string, ListenerRules>,
  answers: { readonly countryOf: CountryOf; readonly hasRoom: (others: number) => boolean },
): ReadonlyMap<string, AlertGate> {
  // A channel has one budget, however many listeners fill it.
  const shared = budget === undefined ? {} : { bucket: bucketOf(budget) };
  return new Map([...rules].map(([name, rule]) => [name, new AlertGate({ ...rule, ...answers, ...shared })]));
}
