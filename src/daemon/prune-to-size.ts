import { setImmediate } from "node:timers/promises";
import { sizeText } from "../core/size-text.ts";
import type { Store, TableSize } from "../core/store.ts";

/** Younger records are never pruned because of the size. */
const minAgeMs = 24 * 60 * 60 * 1000;
/** Share of the excess that one step removes: row sizes are estimates and may be wrong by a factor of two. */
const stepShare = 0.25;
/** Minimum rows of a step: each step is a transaction. */
const minBytes = 500_000;
/** Once too large, the database is pruned to this share of the limit; otherwise each hour would prune a little. */
const targetShare = 0.95;

export interface SizeOutcome {
  /** Pruned connections, messages and scans. */
  readonly pruned: number;
  /** Present if the database is still too large. */
  readonly excess?: { readonly bytes: number; readonly tables: readonly TableSize[] };
}

/** Prunes the oldest records, kind by kind and in short steps, until the database takes at most `maxBytes`. */
export async function pruneToSize(
  store: Store,
  { maxBytes, now }: { readonly maxBytes: number; readonly now: number },
): Promise<SizeOutcome> {
  const used = () => store.usedBytes(maxBytes);
  let bytes = await used();
  if (bytes <= maxBytes) return { pruned: 0 };
  const before = now - minAgeMs;
  let pruned = 0;
  for (const kind of ["connections", "deliveries", "scans"] as const) {
    while (bytes > maxBytes * targetShare) {
      const oldest = { bytes: Math.max(minBytes, (bytes - maxBytes * targetShare) * stepShare), before };
      const dropped =
        kind === "connections"
          ? await store.connections.prune({ oldest })
          : await store.pruneOldest({ kind, ...oldest });
      if (dropped === 0) break;
      pruned += dropped;
      bytes = await used();
      await setImmediate();
    }
  }
  if (bytes <= maxBytes) return { pruned };
  return { pruned, excess: { bytes, tables: await store.tableSizes() } };
}

/** The largest tables. */
const tablesNamed = 4;

/** `services 30 MB, deliveries 12 MB`; empty if unknown. */
export function describeSizes(tables: readonly TableSize[]): string {
  return tables
    .slice(0, tablesNamed)
    .map(({ table, bytes }) => `${table} ${sizeText(bytes)}`)
    .join(", ");
}
