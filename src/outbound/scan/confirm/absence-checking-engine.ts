import type { Clock } from "../../../core/clock.ts";
import type { Coverage } from "../../../core/coverage.ts";
import type { AddressRange } from "../../../core/network.ts";
import { OwnPorts } from "../../../core/own-ports.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../../core/scan-engine.ts";
import type { ScanPlan } from "../../../core/watch.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { joinReasons } from "../command/failure-text.ts";
import { EndpointSet } from "../endpoint-set.ts";
import { ConnectBudget } from "../handshake/connect-budget.ts";
import { type NeighbourTable, neighbourTable } from "../handshake/neighbours.ts";
import { defaultScanLimits, type ScanLimits } from "../schema.ts";
import { AbsenceCheck } from "./absence-check.ts";
import type { AbsenceTally } from "./absence-tally.ts";

export interface AbsenceCheckingEngineOptions<Plan extends ScanPlan> {
  /** Whose silence is no proof. */
  readonly engine: ScanEngine<Plan>;
  readonly clock?: Clock;
  readonly limits?: ScanLimits;
  /** Never contacted; of what is known there nothing is concluded, unless the engine's own word is proof. */
  readonly exclude?: readonly AddressRange[];
  /** Sockets and caps, shared with other scans. */
  readonly budget?: ConnectBudget;
  readonly neighbours?: () => NeighbourTable;
  readonly own?: () => OwnPorts;
}

/** Endpoints that one scan may sight; with more, nothing is concluded from absence. */
const maxSighted = 2_000_000;

/**
 * Any scanner, with a look of our own at each endpoint that its watch knows and it did not name: "gone" is said only of what
 * was asked. The scanner says by {@link ScanResult.silence} what it was told to ask and where its own word is proof.
 *
 * What takes the handshake is present, and a note says so. What cannot be asked (no route, `scope.exclude`, a scanner at
 * another place) is left out of the coverage, and the scan is `partial` with the reason.
 */
export class AbsenceCheckingEngine<Plan extends ScanPlan> implements ScanEngine<Plan> {
  readonly #options: AbsenceCheckingEngineOptions<Plan>;
  readonly #clock: Clock;
  readonly #limits: ScanLimits;
  readonly #budget: ConnectBudget;

  constructor(options: AbsenceCheckingEngineOptions<Plan>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = options.limits ?? defaultScanLimits;
    this.#budget = options.budget ?? new ConnectBudget({ limits: this.#limits });
  }

  async scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    const sighted = new EndpointSet(maxSighted);
    const { silence, ...result } = await this.#options.engine.scan(
      job,
      {
        sighted(batch) {
          for (const { address, port } of batch) sighted.add(address, port);
          return observer.sighted(batch);
        },
        ...(observer.progress === undefined ? {} : { progress: (step) => observer.progress?.(step) }),
      },
      signal,
    );
    if (silence === undefined || job.known === undefined || result.status === "failed") return result;
    if (silence.due.kind === "none" || sighted.isFull || signal.aborted) {
      return { ...result, coverage: { kind: "none" } };
    }
    await using check = new AbsenceCheck({
      clock: this.#clock,
      limits: this.#limits,
      budget: this.#budget,
      neighbours: this.#options.neighbours ?? neighbourTable,
      silence,
      ports: job.ports,
      wasSighted: (address, port) => sighted.has(address, port),
      exclude: this.#options.exclude ?? [],
      own: this.#options.own?.() ?? noOwnPorts,
      observer,
      signal,
    });
    return withFindings(result, silence.due, await check.run(job.known()));
  }
}

const noOwnPorts = new OwnPorts([], () => false);

function withFindings(result: ScanResult, due: Coverage, tally: AbsenceTally): ScanResult {
  const who = result.engine === "command" ? "the command" : result.engine;
  const reasons = tally.reasons(who);
  const notes = [...result.notes, ...tally.notes(who)];
  const coverage = withoutThese(due, tally.except);
  if (reasons.length === 0) return { ...result, coverage, notes };
  const before = result.reason === undefined ? [] : [result.reason];
  return { ...result, status: "partial", coverage, reason: joinReasons([...before, ...reasons]), notes };
}

function withoutThese(due: Coverage, except: readonly string[] | undefined): Coverage {
  if (except === undefined || due.kind === "none") return { kind: "none" };
  return except.length === 0 ? due : { ...due, except: [...(due.except ?? []), ...except] };
}
