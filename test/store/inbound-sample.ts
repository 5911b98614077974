import type { Connection } from "../../src/core/connection.ts";
import type { DueAlert } from "../../src/core/connection-store.ts";
import type { Store } from "../../src/core/store.ts";
import { identify } from "../../src/wire/identify.ts";
import { address, message, start } from "./sample.ts";

/** Builders of connections and alerts for tests. */

const request = Buffer.from("GET /manager/html HTTP/1.1\r\nHost: 192.0.2.1:8080\r\nUser-Agent: zgrab/0.x\r\n\r\n");

export function connection(id: string, more: Partial<Connection> = {}): Connection {
  return {
    id,
    listener: "decoy",
    at: start,
    peer: { address: address("198.51.100.7"), port: 40_000 },
    local: { address: address("192.0.2.1"), port: 8080 },
    end: "client-closed",
    durationMs: 12.5,
    bytes: request.length,
    payload: new Uint8Array(request),
    phase: "client-first",
    identification: identify(request),
    ...more,
  };
}

export function from(peer: string): Pick<Connection, "peer"> {
  return { peer: { address: address(peer), port: 40_000 } };
}

export function alert(id: string, at: number, more: Partial<DueAlert> = {}): DueAlert {
  return { id, at, label: "Network", channel: "mail", recipient: "ops@example.org", data: `{"id":"${id}"}`, ...more };
}

/** Stores connections and alerts as one batch. */
export function record(store: Store, connections: readonly Connection[], alerts: readonly DueAlert[]): Promise<number> {
  const batch = store.connections.newBatch();
  for (const connection of connections) batch.add(connection);
  return store.connections.record(batch, alerts);
}

/** Stores an alert and queues its message, as the alert stage does. @returns its delivery */
export async function queueAlert(store: Store, id: string, at: number): Promise<number> {
  await record(store, [], [alert(id, at)]);
  await store.alerts.compose([{ id, message: message(id, at) }], at);
  const queued = (await store.deliveries.list({ states: ["queued"], limit: 100 })).rows;
  const delivery = queued.find((queued) => queued.message?.messageId === message(id, at).messageId);
  if (delivery === undefined) throw new Error("the alert was not queued");
  return delivery.id;
}
