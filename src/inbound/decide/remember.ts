import type { AlertStore, ConnectionQuery, ConnectionStore, DueAlert } from "../../core/connection-store.ts";
import { readDue } from "../alert/due-data.ts";
import type { AlertRoute, ListenerRules } from "./alert-route.ts";
import { type PastConnection, pastDecisions, type StoredAlert } from "./past-decisions.ts";

export interface RememberOptions {
  readonly routes: readonly AlertRoute[];
  /** By listener. */
  readonly rules: ReadonlyMap<string, ListenerRules>;
  readonly alerts: Pick<AlertStore, "recent">;
  readonly connections: Pick<ConnectionStore, "list">;
  readonly now: number;
}

/** Looked back at least so long, and at so much. */
const leastMs = 24 * 60 * 60 * 1000;
const mostAlerts = 20_000;
const mostKnocks = 50_000;
const pageSize = 5000;

/**
 * Tells new gates what happened before this start: whoever was told of is cooling down still, and what was counted and
 * gathered and not yet told will be.
 */
export async function remember({ routes, rules, alerts, connections, now }: RememberOptions): Promise<void> {
  const { cooldownMs, memoryMs } = longestOf(rules.values());
  // Whether a connection was counted in silence tells an alert that may be older by the cooldown.
  const since = now - memoryMs - cooldownMs;
  const recent = await alerts.recent({ since, limit: mostAlerts });
  const from = recent.length < mostAlerts ? since : (recent.at(-1)?.at ?? since);
  const knocks = await knocksSince(from + cooldownMs, { connections, rules });
  for (const route of routes) {
    const messages = timesOf(recent.filter(({ channel }) => channel === route.channel));
    for (const [listener, gate] of route.gates) {
      const rule = rules.get(listener);
      if (rule === undefined) continue;
      const told = new Map<string, StoredAlert>();
      for (const alert of recent.toReversed()) {
        if (alert.channel !== route.channel || alert.label !== listener) continue;
        const due = readDue(alert.data);
        // One alert has a row for each recipient.
        if (due !== undefined) told.set(alert.id.slice(0, alert.id.indexOf(".")), { at: alert.at, due });
      }
      const past = { alerts: [...told.values()], knocks: knocks.get(listener) ?? [], messages };
      gate.restore(pastDecisions(past, rule));
    }
  }
}

/** When there was a message; one for several recipients is one. */
function timesOf(alerts: readonly DueAlert[]): number[] {
  const times = new Map(alerts.map(({ id, at }) => [id.slice(0, id.indexOf(".")), at]));
  return [...times.values()].sort((one, other) => one - other);
}

function longestOf(rules: Iterable<ListenerRules>): { readonly cooldownMs: number; readonly memoryMs: number } {
  let cooldownMs = 0;
  let memoryMs = leastMs;
  for (const { cooldown } of rules) {
    cooldownMs = Math.max(cooldownMs, cooldown.cooldownMs);
    memoryMs = Math.max(memoryMs, cooldown.cooldownMs, cooldown.forgetMs);
  }
  return { cooldownMs, memoryMs };
}

/** Those that are somebody's business, by listener, oldest first. */
async function knocksSince(
  since: number,
  { connections, rules }: Pick<RememberOptions, "connections" | "rules">,
): Promise<ReadonlyMap<string, readonly PastConnection[]>> {
  const found = new Map<string, PastConnection[]>();
  let before: ConnectionQuery["before"];
  for (let left = mostKnocks; left > 0; left -= pageSize) {
    const page = await connections.list({ since, limit: pageSize, ...(before === undefined ? {} : { before }) });
    for (const connection of page) {
      const { id, listener, at, durationMs, peer, local, identification } = connection;
      if (rules.get(listener)?.ignore.attentionTo(connection) !== "tell") continue;
      const knocks = found.get(listener) ?? [];
      found.set(listener, knocks);
      const { protocol } = identification;
      knocks.push({ id, at, decidedAt: at + durationMs, address: peer.address, port: local.port, protocol });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    before = { at: last.at, id: last.id };
  }
  for (const knocks of found.values()) knocks.reverse();
  return found;
}
