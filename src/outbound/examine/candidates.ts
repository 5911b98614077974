import type { CheckResult } from "../../core/check.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { ExaminationStore, ServiceKey } from "../../core/examination.ts";
import type { DiscoveryStore } from "../../core/store.ts";

/** Rows in one query. */
const pageSize = 500;

/** One service to examine. */
export interface Candidate {
  readonly key: ServiceKey;
  /** Discoveries that wait for evidence of this service; none where it is known. */
  readonly discoveries: readonly Discovery[];
}

/** A candidate with its results. */
export interface Examined extends Candidate {
  readonly results: readonly CheckResult[];
  /** Checks that did not run because the time was up. */
  readonly notAsked: readonly string[];
}

export function keyText({ address, port }: ServiceKey): string {
  return `${address} ${port}`;
}

/**
 * New services of `watch` that are not reported yet. After a crash or an abort, those that were not examined are among them,
 * so they are examined before they are reported.
 */
export async function* awaitingEvidence(
  store: DiscoveryStore,
  watch: string,
  signal: AbortSignal,
): AsyncGenerator<Candidate, void, undefined> {
  let afterId = 0;
  while (!signal.aborted) {
    const page = await store.awaitingEvidence({ watch, limit: pageSize, afterId });
    const byKey = new Map<string, { key: ServiceKey; discoveries: Discovery[] }>();
    for (const discovery of page) {
      const { id, address, port } = discovery;
      afterId = id;
      if (address === undefined || port === undefined) continue;
      const key = { address, port };
      const known = byKey.get(keyText(key));
      if (known === undefined) byKey.set(keyText(key), { key, discoveries: [discovery] });
      else known.discoveries.push(discovery);
    }
    for (const candidate of byKey.values()) {
      if (signal.aborted) return;
      yield candidate;
    }
    if (page.length < pageSize) return;
  }
}

/** Services that the last scan of `watch` found open, and that were never examined, or last before `examinedBefore`. */
export async function* dueServices(
  store: ExaminationStore,
  query: { readonly watch: string; readonly examinedBefore: number; readonly now: number },
  signal: AbortSignal,
): AsyncGenerator<Candidate, void, undefined> {
  let after: ServiceKey | undefined;
  while (!signal.aborted) {
    const page = await store.due({ ...query, limit: pageSize, after });
    for (const key of page) {
      if (signal.aborted) return;
      yield { key, discoveries: [] };
    }
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}
