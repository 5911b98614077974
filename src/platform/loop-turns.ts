import { performance } from "node:perf_hooks";

/** What follows tasks takes so long in one turn of the event loop; the task that passes it still ends. */
const turnMs = 10;

/**
 * Spreads tasks over turns of the event loop, so that sockets and timers are served between them. For what comes from threads: Node hands
 * over messages that arrive while earlier ones are handled in the same turn, up to a thousand of them, and everybody else would wait until all that
 * follows them has been done.
 *
 * Tasks run in the order in which they were given. What counts for a turn is the time from its first task on, with the microtasks after each.
 */
export class LoopTurns {
  readonly #now: () => number;
  /** When the first task of this turn began; undefined before it. */
  #beganAt: number | undefined;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  run(task: () => void): void {
    // Each is an immediate of its own, because microtasks run between immediates: the time that they take is seen by the next one.
    setImmediate(() => this.#attempt(task));
  }

  #attempt(task: () => void): void {
    if (this.#beganAt === undefined) {
      this.#beganAt = this.#now();
      // Runs in the next turn, before the tasks that are put off to it.
      setImmediate(() => {
        this.#beganAt = undefined;
      });
    } else if (this.#now() - this.#beganAt >= turnMs) {
      this.run(task);
      return;
    }
    task();
  }
}

/** One for all threads of the process: they share the event loop. */
export const loopTurns = new LoopTurns();
