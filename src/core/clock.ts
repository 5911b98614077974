/**
 * Time, passed in, so that a test can set it. Instants are milliseconds since the Unix epoch;
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

/** The longest delay of a timer, in milliseconds (24.8 days): a timer with a longer one fires at once. */
export const maxTimerMs = 2 ** 31 - 1;

/** Random numbers, passed in. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
