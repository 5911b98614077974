import type { Address } from "../../../core/address.ts";
import type { Clock, Random } from "../../../core/clock.ts";
import type { Findings } from "./findings.ts";

/** What the ways to ask need, each for one survey. */
export interface SurveyContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly findings: Findings;
  readonly isAllowed: (address: Address) => boolean;
  readonly since: number;
  /** Questions a second. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
}
