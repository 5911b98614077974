import type { Clock } from "../../../core/clock.ts";
import type { SendOutcome } from "../../../platform/native-socket.ts";

export interface SweepOptions<Target> {
  readonly targets: readonly Target[];
  readonly send: (target: Target) => SendOutcome;
  /** A target that answered is not probed again. */
  readonly hasAnswered: (target: Target) => boolean;
  /** Probes per second. */
  readonly perSecond: number;
  readonly rounds: number;
  /** How long to wait for answers after the last probe of a round. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const tickMs = 10;

/**
 * Probes all targets, then the silent ones again, at a limited rate, so that neither switches nor queues drop packets. Waits while
 * the send queue is full.
 * @returns the targets that were probed at least once, and had the time to answer
 */
export async function sweep<Target>(options: SweepOptions<Target>): Promise<readonly Target[]> {
  const { signal } = options;
  const probed = new Set<Target>();
  let open = options.targets;
  for (let round = 0; round < options.rounds && open.length > 0; round++) {
    const sent = await sendProbes(open, options);
    await waitForAnswers(open, options);
    // Targets probed just before the abort had no time to answer.
    if (signal.aborted && round === 0) return [...sent].filter(options.hasAnswered);
    for (const target of sent) probed.add(target);
    if (signal.aborted) break;
    open = open.filter((target) => !options.hasAnswered(target));
  }
  return [...probed];
}

async function sendProbes<Target>(
  targets: readonly Target[],
  options: SweepOptions<Target>,
): Promise<ReadonlySet<Target>> {
  const { clock, perSecond, send, signal } = options;
  const sent = new Set<Target>();
  const start = clock.monotonic();
  let failures = 0;
  for (let next = 0; next < targets.length && !signal.aborted; ) {
    const allowed = Math.min(targets.length, Math.ceil(((clock.monotonic() - start + tickMs) / 1000) * perSecond));
    for (; next < allowed; next++) {
      const target = targets[next];
      if (target === undefined) break;
      const outcome = send(target);
      if (outcome.kind === "full") break;
      if (outcome.kind === "sent") sent.add(target);
      else failures += 1;
    }
    // The interface is gone: the rest would fail as well.
    if (failures >= 64 && sent.size === 0) break;
    if (next < targets.length) await clock.sleep(tickMs, signal);
  }
  return sent;
}

/** Ends early when all targets answered. */
async function waitForAnswers<Target>(targets: readonly Target[], options: SweepOptions<Target>): Promise<void> {
  const { clock, hasAnswered, signal, waitMs } = options;
  const end = clock.monotonic() + waitMs;
  while (clock.monotonic() < end && !signal.aborted && !targets.every(hasAnswered)) {
    await clock.sleep(Math.min(50, end - clock.monotonic()), signal);
  }
}
