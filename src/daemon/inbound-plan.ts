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
import type { MakeAlertLayout } from "../present/alerts/alert-text.ts";

/** The parts of the configuration that the inbound flow needs. */
export interface InboundSetup {
  readonly listeners: readonly ListenerSettings[];
  readonly enrich: EnrichSettings;
  readonly alerts: AlertSettings;
  /** Layout of alerts for connections. Default: the current one. */
  readonly alertLayout?: MakeAlertLayout;
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
  /** Receives connections that have ended. */
  readonly flow: () => InboundFlow;
}

/** A plan, and what the next plan inherits from it. */
export interface CreatedPlan extends InboundPlan {
  /** By channel, for channels with a budget. */
  readonly buckets: ReadonlyMap<ChannelName, TokenBucket>;
}

/** A route without recipients: its gates still decide which connections are not recorded. */
const noRecipients: InboundSetup["routes"][number] = { channel: "mail", recipients: [] };

/**
 * Makes a plan from the configuration. Listeners inherit the open connections of the listener with the same name in
 * the previous plan; gates of the same listener and channel stay, with their entries and the remaining budget.
 */
export function inboundPlan(setup: InboundSetup, parts: PlanParts, before?: CreatedPlan): CreatedPlan {
  const rules = rulesOf(setup, parts.isOnLink);
  const { budget } = setup.alerts;
  const routes: CreatedRoute[] = [];
  // No closure below may refer to the previous plan: that would keep all plans since the start in memory.
  for (const route of setup.routes.length > 0 ? setup.routes : [noRecipients]) {
    // Gates of a route without recipients sent no alerts, so their cooldowns do not count.
    const known = before?.routes.find(({ channel, recipients }) => channel === route.channel && recipients.length > 0);
    const bucket = budget === undefined ? undefined : (before?.buckets.get(route.channel) ?? newBucket(budget));
    routes.push(createRoute(route, { rules, budget, bucket, parts, known: known?.gates ?? new Map() }));
  }
  const listeners: Listener[] = [];
  const plan: CreatedPlan = {
    listeners,
    routes: routes.map(({ route }) => route),
    rules,
    newGates: routes.map(({ newGates }) => newGates),
    buckets: new Map(routes.flatMap(({ route, bucket }) => (bucket === undefined ? [] : [[route.channel, bucket]]))),
    opened() {
      const { limit, open } = descriptorBudget();
      // Descriptors of open connections count as available for connections.
      shareDescriptors(listeners, { limit, open: Math.max(0, open - parts.flow().counters.open) }, parts.log);
    },
    commit() {
      for (const { commit } of routes) commit();
    },
  };
  for (const settings of setup.listeners) {
    const predecessor = before?.listeners.find(({ name }) => name === settings.name);
    listeners.push(listenerOf(settings, plan, { ...parts, predecessor }));
  }
  return plan;
}

interface CreatedRoute {
  readonly route: AlertRoute;
  readonly newGates: AlertRoute;
  readonly bucket: TokenBucket | undefined;
  /** Applies the new settings to the gates and the budget that stay. */
  readonly commit: () => void;
}

interface RouteParts {
  readonly rules: ReadonlyMap<string, ListenerRules>;
  readonly budget: BudgetSettings | undefined;
  readonly bucket: TokenBucket | undefined;
  /** The current gates of the channel, by listener. */
  readonly known: ReadonlyMap<string, AlertGate>;
  readonly parts: PlanParts;
}

function createRoute(
  route: InboundSetup["routes"][number],
  { rules, budget, bucket, known, parts }: RouteParts,
): CreatedRoute {
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
      // An alert takes one row per recipient.
      hasRoom: (others: number) => records.hasRoomForAlert(others * route.recipients.length),
      // A channel has one budget, whatever the number of listeners.
      bucket,
    };
    const inherited = known.get(name);
    const gate = inherited ?? new AlertGate(options);
    gates.set(name, gate);
    if (inherited === undefined) newGates.set(name, gate);
    else commits.push(() => inherited.adjust(options, clock.now()));
  }
  // Gates of removed listeners stay until their counts are reported.
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
  parts: PlanParts & { readonly predecessor: Listener | undefined },
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
        log.warn(`connections ${rejectionReason(rejected)}`, { listener, port: localPort, network, count });
      }
    },
    predecessor,
  });
}

/** Ignore rules and cooldown may differ between listeners. */
function rulesOf(
  { alerts, listeners }: InboundSetup,
  isOnLink: (address: Address) => boolean,
): ReadonlyMap<string, ListenerRules> {
  return new Map(
    listeners.map(({ name, cooldownMs, ignore, logIgnored }) => [
      name,
      {
        cooldown: { ...alerts.cooldown, cooldownMs: cooldownMs ?? alerts.cooldown.cooldownMs, isOnLink },
        budget: alerts.budget,
        ignore: new IgnoreRules({
          ...alerts.ignore,
          networks: [...alerts.ignore.networks, ...ignore],
          alsoUnrecorded: alerts.ignore.alsoUnrecorded || !logIgnored,
        }),
      },
    ]),
  );
}
