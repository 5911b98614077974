import type { Discovery } from "../../core/discovery.ts";
import type { DiscoveryStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";

/** Discoveries are read in pages; each page is examined whole before the next one is read. */
const pageSize = 500;

/** What is asked of one newly found endpoint, and its answer as it arrives: safe text, bounded. */
export type Examine = (
  watch: Watch,
  hosts: readonly Discovery[],
  answered: (discoveryId: number, evidence: string) => void,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Examines every host that `watch` found and that some report is still to announce, and keeps the answers with the
 * discoveries. What a crash or an abort leaves unexamined is examined by the next run, before it is reported.
 */
export async function gatherEvidence(
  watch: Watch,
  discoveries: DiscoveryStore,
  examine: Examine,
  signal: AbortSignal,
): Promise<void> {
  let afterId = 0;
  while (!signal.aborted) {
    const page = await discoveries.awaitingEvidence({ watch: watch.name, limit: pageSize, afterId });
    if (page.length === 0) return;
    const answers: { id: number; evidence: string }[] = [];
    await examine(watch, page, (id, evidence) => answers.push({ id, evidence }), signal);
    await discoveries.setEvidence(answers);
    afterId = page.at(-1)?.id ?? afterId;
  }
}
