import type { Address } from "../../core/address.ts";
import { type Connection, endOf } from "../../core/connection.ts";
import type { AlertContent } from "../alert/alert-content.ts";
import type { AlertRoute, ListenerRules } from "./alert-route.ts";
import { type Handling, isOfProxy, isOfThisMachine } from "./ignore-rules.ts";

/** What a configuration says about alerts. */
export interface DecisionRules {
  /** Includes gates of removed listeners, until they have nothing left to report. */
  readonly routes: readonly AlertRoute[];
  /** By listener. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
}

/** An alert that a gate lets through, before it becomes one row per recipient. */
export interface RoutedAlert {
  /** Unique within the route. */
  readonly id: string;
  readonly listener: string;
  /** When it was decided; milliseconds since the epoch. */
  readonly at: number;
  readonly content: AlertContent;
}

export type OnAlert = (route: AlertRoute, alert: RoutedAlert) => void;

export interface DecisionParts {
  /** Called for each channel that is to send an alert about the connection. */
  readonly onAlert: OnAlert;
  /** Whether a mute covers what an address does at a time. */
  readonly covers: (address: Address, at: number) => boolean;
}

/**
 * Decides what happens with a finished connection. Runs once per connection, so it allocates only for an alert.
 * A muted one is recorded and starts no cooldown.
 * @returns whether the connection is recorded
 */
export function decideConnection(
  connection: Connection,
  { routes, rules }: DecisionRules,
  now: number,
  { onAlert, covers }: DecisionParts,
): boolean {
  const { id, listener } = connection;
  const rule = rules.get(listener);
  const handling = handlingBefore(connection, rule);
  if (handling !== "alert") return handling !== "drop";
  if (covers(connection.peer.address, endOf(connection))) return rule?.ignore.handlingOf(connection) !== "drop";
  let isRecorded = true;
  for (const route of routes) {
    const decision = route.gates.get(listener)?.decide(connection, now, rule?.ignore);
    if (decision?.kind === "ignored") isRecorded = decision.record;
    if (decision?.kind !== "alert") continue;
    const { suppressedBefore, suppressedNetwork } = decision;
    const content: AlertContent = { kind: "connection", connection, suppressedBefore, suppressedNetwork };
    onAlert(route, { id, listener, at: now, content });
  }
  return isRecorded;
}

/** The rules that need the whole connection; the gates apply the others. */
function handlingBefore(connection: Connection, rule: ListenerRules | undefined): Handling | undefined {
  if (isOfProxy(connection)) return "record";
  return isOfThisMachine(connection) ? rule?.ignore.ofThisMachine : "alert";
}
