import type { Address } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import type { Findings } from "./findings.ts";

/** Dependencies of the probe methods in one survey. */
export interface SurveyContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly findings: Findings;
  readonly isAllowed: (address: Address) => boolean;
  readonly since: number;
  /** Probes per second. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
}
