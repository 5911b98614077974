/**
 * Time, passed in, so that a test decides what time it is. Instants are milliseconds since the Unix epoch;
 * durations are milliseconds.
 */
export interface Clock {
  /** The wall clock; it may jump. */
  now(): number;
  /** A clock that never runs backwards, for measuring durations. */
  monotonic(): number;
  /** Resolves after `ms`, or at once with an aborted `signal`; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay of a timer, in milliseconds (24.8 days): one that is set to more ends at once. */
export const maxTimerMs = 2 ** 31 - 1;

/** Chance, passed in. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
