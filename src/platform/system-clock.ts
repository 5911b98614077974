import { setTimeout as delay } from "node:timers/promises";
import type { Clock, Random } from "../core/clock.ts";

/** Node's timers take no more, and warn of less than 0. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.min(Math.max(0, ms || 0), longestTimerMs), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

export const systemRandom: Random = { next: () => Math.random() };
