import type { AlertStore, ConnectionStore, DueAlert } from "../../core/connection-store.ts";
import { pagesOf } from "../../core/page.ts";
import { readAlertContent } from "../alert/alert-content.ts";
import type { AlertRoute, ListenerRules } from "./alert-route.ts";
import { inferDecisions, type StoredAlert, type StoredDecidable } from "./infer-decisions.ts";

export interface RestoreOptions {
  readonly routes: readonly AlertRoute[];
  /** By listener. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  readonly alerts: Pick<AlertStore, "recent">;
  readonly connections: Pick<ConnectionStore, "list">;
  readonly now: number;
}

/** How far back the history is read, at least, and how much of it, at most. */
const minHistoryMs = 24 * 60 * 60 * 1000;
const maxAlerts = 20_000;
const maxConnections = 50_000;
const pageSize = 1000;

/**
 * Restores the state of new gates from the store: cooldowns continue, and connections that were suppressed or
 * collected for a digest but not reported yet will be.
 */
export async function restoreGates({ routes, rules, alerts, connections, now }: RestoreOptions): Promise<void> {
  const { cooldownMs, memoryMs } = maxOf(rules.values());
  // The alert that suppressed a connection may be older than it by the cooldown.
  const since = now - memoryMs - cooldownMs;
  const recent = await alerts.recent({ since, limit: maxAlerts });
  const from = recent.length < maxAlerts ? since : (recent.at(-1)?.at ?? since);
  const past = await connectionsSince(from + cooldownMs, { connections, rules });
  for (const route of routes) {
    const messages = timesOf(recent.filter(({ channel }) => channel === route.channel));
    for (const [listener, gate] of route.gates) {
      const rule = rules.get(listener);
      if (rule === undefined) continue;
      const byId = new Map<string, StoredAlert>();
      for (const alert of recent.toReversed()) {
        if (alert.channel !== route.channel || alert.label !== listener) continue;
        const due = readAlertContent(alert.data);
        // One alert has a row for each recipient.
        if (due !== undefined) byId.set(alert.id.slice(0, alert.id.indexOf(".")), { at: alert.at, due });
      }
      const history = { alerts: [...byId.values()], connections: past.get(listener) ?? [], messages };
      gate.restore(inferDecisions(history, rule));
    }
  }
}

/** When messages were sent; one for several recipients counts once. */
function timesOf(alerts: readonly DueAlert[]): number[] {
  const times = new Map(alerts.map(({ id, at }) => [id.slice(0, id.indexOf(".")), at]));
  return [...times.values()].sort((one, other) => one - other);
}

function maxOf(rules: Iterable<ListenerRules>): { readonly cooldownMs: number; readonly memoryMs: number } {
  let cooldownMs = 0;
  let memoryMs = minHistoryMs;
  for (const { cooldown } of rules) {
    cooldownMs = Math.max(cooldownMs, cooldown.cooldownMs);
    memoryMs = Math.max(memoryMs, cooldown.cooldownMs, cooldown.forgetMs);
  }
  return { cooldownMs, memoryMs };
}

/** The connections that are neither ignored nor muted, by listener, oldest first. */
async function connectionsSince(
  since: number,
  { connections, rules }: Pick<RestoreOptions, "connections" | "rules">,
): Promise<ReadonlyMap<string, readonly StoredDecidable[]>> {
  const found = new Map<string, StoredDecidable[]>();
  let read = 0;
  for await (const page of pagesOf((after) =>
    connections.list({ since, limit: pageSize, after, withoutPayload: true }),
  )) {
    for (const connection of page) {
      const { id, listener, at, durationMs, peer, local, identification } = connection;
      if (connection.mutedUntil !== undefined) continue;
      if (rules.get(listener)?.ignore.handlingOf(connection) !== "alert") continue;
      const past = found.get(listener) ?? [];
      found.set(listener, past);
      const { protocol } = identification;
      past.push({ id, at, decidedAt: at + durationMs, address: peer.address, port: local.port, protocol });
    }
    read += page.length;
    if (read >= maxConnections) break;
  }
  for (const past of found.values()) past.reverse();
  return found;
}
