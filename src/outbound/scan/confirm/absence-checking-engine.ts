import type { Coverage } from "../../../core/coverage.ts";
import type { AddressRange } from "../../../core/network.ts";
import { OwnPorts } from "../../../core/own-ports.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanResult } from "../../../core/scan-engine.ts";
import { stopReason } from "../../../core/stopped.ts";
import type { ScanPlan } from "../../../core/watch.ts";
import { joinReasons } from "../command/failure-text.ts";
import { EndpointSet } from "../endpoint-set.ts";
import { AbsenceCheck } from "./absence-check.ts";
import type { AbsenceTally } from "./absence-tally.ts";
import { type HandshakesOptions, handshakesOptions } from "./handshakes.ts";

export interface AbsenceCheckingEngineOptions<Plan extends ScanPlan> extends Partial<HandshakesOptions> {
  /** The scanner whose silence is not a proof of absence. */
  readonly engine: ScanEngine<Plan>;
  /** Never contacted; absence there is concluded only where the engine itself proves it. */
  readonly exclude?: readonly AddressRange[];
  readonly own?: () => OwnPorts;
}

/** Endpoints that one scan may sight; with more, absence is not concluded. */
const maxSighted = 2_000_000;

/**
 * Any scanner, with a probe of our own for each endpoint that its watch knows and it did not report, so that only endpoints that were
 * probed are reported as gone. {@link ScanResult.silence} contains what the scanner was to probe, and where its silence is a proof.
 *
 * An endpoint that completes the handshake is present, and a note lists it. One that cannot be probed (no route, `scope.exclude`, a scanner at
 * another place) is excluded from the coverage, and the scan is `partial` with the reason.
 */
export class AbsenceCheckingEngine<Plan extends ScanPlan> implements ScanEngine<Plan> {
  readonly #options: AbsenceCheckingEngineOptions<Plan>;
  readonly #handshakes: HandshakesOptions;

  constructor(options: AbsenceCheckingEngineOptions<Plan>) {
    this.#options = options;
    this.#handshakes = handshakesOptions(options);
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
        progress: observer.progress === undefined ? undefined : (step) => observer.progress?.(step),
      },
      signal,
    );
    if (silence === undefined || job.known === undefined || result.status === "failed") return result;
    if (signal.aborted) return stoppedResult(result, signal);
    if (silence.requested.kind === "none" || sighted.isFull) return { ...result, coverage: { kind: "none" } };
    await using check = new AbsenceCheck({
      ...this.#handshakes,
      silence,
      ports: job.ports,
      wasSighted: (address, port) => sighted.has(address, port),
      exclude: this.#options.exclude ?? [],
      own: this.#options.own?.() ?? noOwnPorts,
      observer,
      signal,
    });
    return withFindings(result, silence.requested, await check.run(job.known()));
  }
}

/** The scanner had ended, but what it did not report was not probed. */
function stoppedResult(result: ScanResult, signal: AbortSignal): ScanResult {
  const reasons = [...new Set([...(result.reason === undefined ? [] : [result.reason]), stopReason(signal)])];
  return { ...result, status: "partial", coverage: { kind: "none" }, reason: joinReasons(reasons) };
}

const noOwnPorts = new OwnPorts([], () => false);

function withFindings(result: ScanResult, requested: Coverage, tally: AbsenceTally): ScanResult {
  const scanner = result.engine === "command" ? "the command" : result.engine;
  const reasons = tally.reasons(scanner);
  const notes = [...result.notes, ...tally.notes(scanner)];
  const coverage = coverageWithout(requested, tally.except);
  if (reasons.length === 0) return { ...result, coverage, notes };
  const before = result.reason === undefined ? [] : [result.reason];
  return { ...result, status: "partial", coverage, reason: joinReasons([...before, ...reasons]), notes };
}

function coverageWithout(requested: Coverage, except: readonly string[] | undefined): Coverage {
  if (except === undefined || requested.kind === "none") return { kind: "none" };
  return except.length === 0 ? requested : { ...requested, except: [...(requested.except ?? []), ...except] };
}
