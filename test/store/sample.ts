import { type Address, parseAddress } from "../../src/core/address.ts";
import type { Audience, Delivery, Message } from "../../src/core/delivery.ts";
import type { Port } from "../../src/core/ports.ts";
import type { DiscoveryPolicy, ScanOutcome, ScanSummary } from "../../src/core/scan-store.ts";
import type { Sighting } from "../../src/core/sighting.ts";
import type { Store } from "../../src/core/store.ts";

/** Builders of scans for tests. */

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

export function sighting(host: string, port = 22, more: Partial<Sighting> = {}): Sighting {
  return { address: address(host), port, ...more };
}

export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.UTC(2026, 0, 1);

export const policy: DiscoveryPolicy = {
  goneAfter: 1,
  flapLimit: 4,
  flapWindowMs: hour,
  announceFailure: "always",
};

export const operators: Audience = {
  label: "Network",
  channel: "mail",
  recipient: "ops@example.org",
  watches: ["ssh"],
};
export const archive: Audience = { label: "Network", channel: "file", recipient: "ops@example.org", watches: ["ssh"] };

export interface Look {
  readonly watch?: string;
  readonly at: number;
  /** The ports of the watch. */
  readonly ports?: readonly Port[];
  readonly sees: readonly Sighting[];
  readonly outcome?: Partial<ScanOutcome>;
}

/** One complete scan. */
export async function look(
  store: Store,
  { watch = "ssh", at, ports = [22], sees, outcome = {} }: Look,
): Promise<ScanSummary> {
  const session = await store.scans.begin({ watch, ports, engine: "connect", at });
  await session.add(sees);
  return session.finish({
    at,
    status: "complete",
    engine: "connect",
    notes: [],
    coverage: { kind: "all" },
    policy,
    audiences: [operators],
    ...outcome,
  });
}

export function message(id: string, date: number): Message {
  const absent = { html: undefined, json: undefined, fileName: undefined, urgency: undefined };
  return { messageId: `<${id}@test>`, date, subject: `Report ${id}`, text: `text ${id}`, ...absent };
}

/** `kind address` of everything that a delivery announces. */
export async function announcedBy(store: Store, deliveryId: number): Promise<readonly string[]> {
  const discoveries = await store.deliveries.announced({ deliveryId, limit: 1000, offset: 0 });
  return discoveries.map(({ kind, address }) => (address === undefined ? kind : `${kind} ${address}`));
}

/** A claim takes one delivery of each lane: this returns all due ones, in the order in which they are sent. */
export async function claimAll({ deliveries }: Pick<Store, "deliveries">, at: number): Promise<readonly Delivery[]> {
  const all: Delivery[] = [];
  for (;;) {
    const claimed = await deliveries.claim({ at, limit: 100 });
    if (claimed.length === 0) return all;
    all.push(...claimed);
  }
}

/** Gathers, composes and claims the report of an audience. */
export async function send(store: Store, audience: Audience, id: string, at: number): Promise<number> {
  const { deliveryId } = await store.deliveries.gather(audience, at);
  await store.deliveries.compose(deliveryId, message(id, at));
  const claimed = await claimAll(store, at);
  if (!claimed.some(({ id }) => id === deliveryId)) throw new Error("the delivery was not due");
  return deliveryId;
}
