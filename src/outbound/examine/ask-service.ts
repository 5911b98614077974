import type { Check, CheckResult } from "../../core/check.ts";
import type { ServiceKey } from "../../core/examination.ts";

/** For all checks of one service together, so that a host that never answers costs no more. */
const serviceTimeMs = 20_000;

/** The minimum for each check while time is left, so the last checks do not shorten the first. */
const minTimeMs = 5000;

export interface Answers {
  readonly results: readonly CheckResult[];
  /** Names of checks for which no time was left. */
  readonly notAsked: readonly string[];
}

export interface AskOptions {
  readonly checks: readonly Check[];
  /** A clock that never runs backwards, in milliseconds. */
  readonly monotonic: () => number;
  /** Called for a check that threw; its result is missing. */
  readonly onBug: (check: string, error: unknown) => void;
}

/**
 * Runs the checks on one service, one after the other. Each may use an equal share of the time that is left.
 * @returns `undefined` where `signal` was aborted: partial results are not used
 */
export async function askService(
  { address, port }: ServiceKey,
  options: AskOptions,
  signal: AbortSignal,
): Promise<Answers | undefined> {
  const { checks } = options;
  const endsAt = options.monotonic() + serviceTimeMs;
  const results: CheckResult[] = [];
  const notAsked: string[] = [];
  for (const [index, check] of checks.entries()) {
    if (signal.aborted) return undefined;
    const left = endsAt - options.monotonic();
    const share = Math.max(minTimeMs, left / (checks.length - index));
    const timeoutMs = Math.floor(Math.min(left, share, check.inExamination?.maxTimeMs ?? share));
    if (timeoutMs <= 0) {
      notAsked.push(check.name);
      continue;
    }
    try {
      results.push(
        await check.run({ host: address, port, timeoutMs, options: check.inExamination?.options ?? {} }, signal),
      );
    } catch (error) {
      options.onBug(check.name, error);
    }
  }
  return signal.aborted ? undefined : { results, notAsked };
}
