import { DelayedProbes } from "./delayed-probes.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import type { Loss } from "./loss.ts";
import { ProbeQueue } from "./probe-queue.ts";

export interface AgendaOptions {
  readonly order: EndpointOrder;
  readonly loss: Loss;
  /** Connections under way, at most. */
  readonly capacity: number;
  /** Connections under way now. */
  readonly underWay: () => number;
  /** Takes the moment at which the caps let an endpoint be probed. */
  readonly reserve: (endpoint: number, now: number) => number;
  readonly maxAttempts: number;
}

/** Silent endpoints that wait for another look, at most; then looking again comes before going on. */
const retryRoom = 65_536;
/** Probes held back by the caps of their host or network, at most; then the scan waits. */
const delayedRoom = 4_096;

/** An attempt counts looks in its low four bits, and local shortages of the endpoint above. */
const lookMask = 15;
const shortageStep = 16;

/** The look that an attempt is, from 1. */
export function lookOf(attempt: number): number {
  return attempt & lookMask;
}

export function shortagesOf(attempt: number): number {
  return Math.floor(attempt / shortageStep);
}

export function afterShortage(attempt: number): number {
  return attempt + shortageStep;
}

/**
 * What to probe next. New endpoints come in the scattered order; silent ones come again after them, the later the better;
 * those held back by a cap or a local shortage when their moment has come. Everything that is not settled is in
 * here or under way, in constant memory.
 */
export class Agenda {
  /** What {@link take} chose. */
  endpoint = -1;
  attempt = 0;
  readonly #options: AgendaOptions;
  readonly #retries = new ProbeQueue(retryRoom);
  readonly #delayed: DelayedProbes;
  #isDraining = false;
  #doubtful = 0;

  constructor(options: AgendaOptions) {
    this.#options = options;
    this.#delayed = new DelayedProbes(delayedRoom + options.capacity);
  }

  get isEmpty(): boolean {
    return this.#options.order.isFinished && this.#retries.length + this.#delayed.length === 0;
  }

  /** Endpoints that were looked at twice, and will not be again unless answers show losses. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** How many silent endpoints one round of second looks has. */
  get roundSize(): number {
    return Math.min(this.#options.order.steps, retryRoom);
  }

  hasDue(now: number): boolean {
    if (this.#delayed.firstDue <= now) return true;
    return this.#delayed.length < delayedRoom && (!this.#options.order.isFinished || this.#retries.length > 0);
  }

  /**
   * Takes the next endpoint; {@link hasDue} must have said that there is one.
   * - `probe`: it is in {@link endpoint} and {@link attempt}, to be probed now.
   * - `filtered`: the endpoint in {@link endpoint} deserves no further look.
   * - `postponed`: a cap holds it back; ask again.
   */
  take(now: number): "probe" | "filtered" | "postponed" {
    if (this.#delayed.firstDue <= now) {
      this.endpoint = this.#delayed.firstEndpoint;
      this.attempt = this.#delayed.firstAttempt;
      this.#delayed.dropFirst();
      return "probe";
    }
    if (this.#isRetryNext()) {
      this.endpoint = this.#retries.firstEndpoint;
      this.attempt = this.#retries.firstAttempt;
      this.#retries.dropFirst();
      if (this.attempt > 2) {
        this.#doubtful -= 1;
        if (!this.#options.loss.deservesAnotherLook(this.attempt - 1)) return "filtered";
      }
    } else {
      this.endpoint = this.#options.order.next();
      this.attempt = 1;
    }
    const due = this.#options.reserve(this.endpoint, now);
    if (due <= now) return "probe";
    this.#delayed.add(this.endpoint, this.attempt, due);
    return "postponed";
  }

  /** New endpoints first. But the queue for further looks has an end: then it is emptied to the half. */
  #isRetryNext(): boolean {
    if (this.#options.order.isFinished) return true;
    const waiting = this.#retries.length + this.#options.underWay() + this.#delayed.length;
    if (waiting >= retryRoom - 1) this.#isDraining = true;
    else if (this.#retries.length <= retryRoom / 2) this.#isDraining = false;
    return this.#isDraining && this.#retries.length > 0;
  }

  /**
   * An endpoint stayed silent.
   * @param looks how often it was looked at
   * @returns false where it is settled: it was looked at often enough
   */
  lookAgain(endpoint: number, looks: number): boolean {
    const { maxAttempts, loss, underWay } = this.#options;
    if (looks >= maxAttempts || this.#retries.length >= retryRoom) return false;
    if (looks >= 2) {
      // Whether it deserves a third look is decided when its turn comes, from all answers until then; but where room is
      // short, now, so that the second looks of others always find a place.
      const isRoomShort = this.#retries.length + underWay() >= retryRoom - 1;
      if (isRoomShort && !loss.deservesAnotherLook(looks)) return false;
      this.#doubtful += 1;
    }
    this.#retries.push(endpoint, looks + 1);
    return true;
  }

  /** The probe could not be sent; it is kept for `due`. */
  postpone(endpoint: number, attempt: number, due: number): void {
    this.#delayed.add(endpoint, attempt, due);
  }

  /** The endpoints that wait here, those not yet drawn from the order excepted. */
  *[Symbol.iterator](): Generator<number> {
    yield* this.#retries;
    yield* this.#delayed;
  }
}
