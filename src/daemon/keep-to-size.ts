import { setImmediate } from "node:timers/promises";
import { sizeText } from "../core/size-text.ts";
import type { Store, TableSize } from "../core/store.ts";

/** Nothing younger than this is forgotten for its size alone. */
const keptMs = 24 * 60 * 60 * 1000;
/** Of what is too much, so much goes in one step: what rows take is estimated, and may be twice that. */
const share = 0.25;
/** A step is worth a transaction. */
const minBytes = 500_000;
/** Once it is too large, so much of the limit is aimed at: or each hour would forget a little. */
const aim = 0.95;

export interface SizeOutcome {
  /** Connections, messages and scans that were forgotten. */
  readonly forgotten: number;
  /** Where it is too large still. */
  readonly excess?: { readonly bytes: number; readonly tables: readonly TableSize[] };
}

/** Forgets the oldest of what may be forgotten, kind by kind, until the database takes no more than `maxBytes`; in short steps. */
export async function keepToSize(
  store: Store,
  { maxBytes, now }: { readonly maxBytes: number; readonly now: number },
): Promise<SizeOutcome> {
  const used = () => store.usedBytes(maxBytes);
  let bytes = await used();
  if (bytes <= maxBytes) return { forgotten: 0 };
  const before = now - keptMs;
  let forgotten = 0;
  for (const kind of ["connections", "deliveries", "scans"] as const) {
    while (bytes > maxBytes * aim) {
      const oldest = { bytes: Math.max(minBytes, (bytes - maxBytes * aim) * share), before };
      const dropped =
        kind === "connections"
          ? await store.connections.prune({ oldest })
          : await store.forgetOldest({ kind, ...oldest });
      if (dropped === 0) break;
      forgotten += dropped;
      bytes = await used();
      await setImmediate();
    }
  }
  if (bytes <= maxBytes) return { forgotten };
  return { forgotten, excess: { bytes, tables: await store.tableSizes() } };
}

/** The tables that take most. */
const tablesNamed = 4;

/** `services 30 MB, deliveries 12 MB`; empty where it is not known. */
export function describeSizes(tables: readonly TableSize[]): string {
  return tables
    .slice(0, tablesNamed)
    .map(({ table, bytes }) => `${table} ${sizeText(bytes)}`)
    .join(", ");
}
