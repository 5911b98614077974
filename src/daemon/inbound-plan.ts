import type { Address } from "../core/address.ts";
import type { Clock, Random } from "../core/clock.ts";
import type { ChannelName } from "../core/delivery.ts";
import type { Log } from "../core/log.ts";
import type { CountryOf } from "../inbound/alert/digest.ts";
import { Capture } from "../inbound/capture/capture.ts";
import { AlertGate, type BudgetSettings, newBucket } from "../inbound/decide/alert-gate.ts";
import type { AlertRoute, ListenerRules } from "../inbound/decide/alert-route.ts";
import { IgnoreRules } from "../inbound/decide/ignore-rules.ts";
import type { AlertSettings } from "../inbound/decide/schema.ts";
import type { TokenBucket } from "../inbound/decide/token-bucket.ts";
import type { EnrichSettings } from "../inbound/enrich/schema.ts";
import type { InboundFlow, InboundPlan } from "../inbound/flow.ts";
import type { Identifier } from "../inbound/identify/identifier.ts";
import { Listener } from "../inbound/listen/listener.ts";
import { rejectionReason } from "../inbound/listen/rejected-connections.ts";
import type { ListenerSettings } from "../inbound/listen/schema.ts";
import { shareDescriptors } from "../inbound/listen/share-descriptors.ts";
import type { RecordQueue } from "../inbound/record/record-queue.ts";
import { descriptorBudget } from "../platform/descriptors.ts";

/** What listens, and who hears of it. */
export interface InboundSetup {
  readonly listeners: readonly ListenerSettings[];
  readonly enrich: EnrichSettings;
  readonly alerts: AlertSettings;
  readonly routes: readonly { readonly channel: ChannelName; readonly recipients: readonly string[] }[];
}

export interface PlanParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly identifier: Identifier;
  readonly records: RecordQueue;
  readonly isOnLink: (address: Address) => boolean;
  readonly countryOf: CountryOf;
  /** Where connections go when they are over. */
  readonly flow: () => InboundFlow;
}

/** A plan, and what the one after it inherits besides. */
export interface MadePlan extends InboundPlan {
  /** By channel; of those that have a budget. */
  readonly buckets: ReadonlyMap<ChannelName, TokenBucket>;
}

/** With nobody to tell there are still connections to pass over in silence, and a route's gates know which. */
const noRecipients: InboundSetup["routes"][number] = { channel: "mail", recipients: [] };

/**
 * Makes of the configuration what the inbound flow works by. Of the plan before, listeners of the same name inherit who is in,
 * and the gates of the same listener and channel stay: with what they remember, and with the budget that is left.
 */
export function inboundPlan(setup: InboundSetup, parts: PlanParts, before?: MadePlan): MadePlan {
  const rules = rulesOf(setup, parts.isOnLink);
  const { budget } = setup.alerts;
  const routes: MadeRoute[] = [];
  // No closure below may hold on to the plan before: each would keep all plans since the start in memory.
  for (const route of setup.routes.length > 0 ? setup.routes : [noRecipients]) {
    // Where nobody was told, nobody is left alone for it.
    const known = before?.routes.find(({ channel, recipients }) => channel === route.channel && recipients.length > 0);
    const bucket = budget === undefined ? undefined : (before?.buckets.get(route.channel) ?? newBucket(budget));
    routes.push(madeRoute(route, { rules, budget, bucket, parts, known: known?.gates ?? new Map() }));
  }
  const listeners: Listener[] = [];
  const plan: MadePlan = {
    listeners,
    routes: routes.map(({ route }) => route),
    rules,
    newGates: routes.map(({ newGates }) => newGates),
    buckets: new Map(routes.flatMap(({ route, bucket }) => (bucket === undefined ? [] : [[route.channel, bucket]]))),
    opened() {
      const { limit, open } = descriptorBudget();
      // Those of connections are there for connections.
      shareDescriptors(listeners, { limit, open: Math.max(0, open - parts.flow().counters.open) }, parts.log);
    },
    commit() {
      for (const { commit } of routes) commit();
    },
  };
  for (const settings of setup.listeners) {
    const predecessor = before?.listeners.find(({ name }) => name === settings.name);
    listeners.push(listenerOf(settings, plan, { ...parts, ...(predecessor === undefined ? {} : { predecessor }) }));
  }
  return plan;
}

interface MadeRoute {
  readonly route: AlertRoute;
  readonly newGates: AlertRoute;
  readonly bucket: TokenBucket | undefined;
  /** Gives what stays the new settings. */
  readonly commit: () => void;
}

interface RouteParts {
  readonly rules: ReadonlyMap<string, ListenerRules>;
  readonly budget: BudgetSettings | undefined;
  readonly bucket: TokenBucket | undefined;
  /** Of the channel until now, by listener. */
  readonly known: ReadonlyMap<string, AlertGate>;
  readonly parts: PlanParts;
}

function madeRoute(
  route: InboundSetup["routes"][number],
  { rules, budget, bucket, known, parts }: RouteParts,
): MadeRoute {
  const { records, countryOf, clock } = parts;
  const gates = new Map<string, AlertGate>();
  const newGates = new Map<string, AlertGate>();
  const commits: (() => void)[] = [];
  if (bucket !== undefined && budget !== undefined) {
    commits.push(() => bucket.adjust({ capacity: budget.atOnce, refillMs: budget.refillMs }, clock.now()));
  }
  for (const [name, rule] of rules) {
    const options = {
      ...rule,
      countryOf,
      // An alert is one for each of its recipients.
      hasRoom: (others: number) => records.hasRoomForAlert(others * route.recipients.length),
      // A channel has one budget, however many listeners fill it.
      ...(bucket === undefined ? {} : { bucket }),
    };
    const inherited = known.get(name);
    const gate = inherited ?? new AlertGate(options);
    gates.set(name, gate);
    if (inherited === undefined) newGates.set(name, gate);
    else commits.push(() => inherited.adjust(options, clock.now()));
  }
  // Of a listener that is gone, what was counted is still to be told.
  for (const [name, gate] of known) if (!gates.has(name) && !gate.isIdle) gates.set(name, gate);
  return {
    route: { ...route, gates },
    newGates: { ...route, gates: newGates },
    bucket,
    commit() {
      for (const commit of commits) commit();
    },
  };
}

function listenerOf(
  settings: ListenerSettings,
  plan: InboundPlan,
  parts: PlanParts & { readonly predecessor?: Listener },
): Listener {
  const { clock, random, log, identifier, flow, predecessor } = parts;
  const reception = new Capture({
    settings: settings.capture,
    identify: identifier.identify,
    clock,
    log,
    onConnection: (connection) => flow().captured(connection, plan),
  });
  return new Listener({
    settings,
    reception,
    clock,
    random,
    log,
    onRejected(counts) {
      for (const rejected of counts) {
        const { listener, localPort, network, count } = rejected;
        log.warn(`connections were ${rejectionReason(rejected)}`, { listener, port: localPort, network, count });
      }
    },
    ...(predecessor === undefined ? {} : { predecessor }),
  });
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
