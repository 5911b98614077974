import { DelayedProbes } from "./delayed-probes.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import type { LossEstimator } from "./loss-estimator.ts";
import type { OnLinkHosts } from "./on-link-hosts.ts";
import { ProbeQueue } from "./probe-queue.ts";

export interface ProbeSchedulerOptions {
  readonly order: EndpointOrder;
  /** How many hosts `order` has: an endpoint is its port's index times that, plus its host. */
  readonly hosts: number;
  readonly loss: LossEstimator;
  readonly onLink: OnLinkHosts;
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

/** An attempt counts looks in its low four bits, and local shortages of the endpoint in the three above. */
const lookMask = 15;
const shortageStep = 16;
/** Marks probes in {@link DelayedProbes} that were held until their host was known. */
const heldMark = 128;
/**
 * So many of those may have taken their moments ahead, while hosts are still to be asked for: what takes three seconds
 * to fail must start first.
 */
const heldAhead = 64;

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
 * those held back by a cap or a local shortage when their moment has come; those of a host on the own link when it is
 * known to be there ({@link OnLinkHosts}). Everything that is not settled is in
 * here or under way, in constant memory.
 */
export class ProbeScheduler {
  /** What {@link take} chose. */
  endpoint = -1;
  attempt = 0;
  readonly #options: ProbeSchedulerOptions;
  readonly #retries = new ProbeQueue(retryRoom);
  readonly #delayed: DelayedProbes;
  #isDraining = false;
  #doubtful = 0;
  #heldDelayed = 0;

  constructor(options: ProbeSchedulerOptions) {
    this.#options = options;
    this.#delayed = new DelayedProbes(delayedRoom + options.capacity);
  }

  get isEmpty(): boolean {
    const { order, onLink } = this.#options;
    return order.isFinished && this.#retries.length + this.#delayed.length === 0 && onLink.isEmpty;
  }

  /** Endpoints that were looked at twice, and will not be again unless answers show losses. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** Silent endpoints that wait for another look, the {@link doubtful} excepted. */
  get repeats(): number {
    return this.#retries.length - this.#doubtful;
  }

  /** Endpoints that wait for their moment. */
  get delayed(): number {
    return this.#delayed.length;
  }

  /** How many silent endpoints one round of second looks has. */
  get roundSize(): number {
    return Math.min(this.#options.order.steps, retryRoom);
  }

  hasDue(now: number): boolean {
    if (this.#delayed.firstDue <= now) return true;
    if (this.#delayed.length >= delayedRoom) return false;
    const { onLink } = this.#options;
    return (
      onLink.hasQuestion(now) || (onLink.hasReady && this.#mayTakeHeld()) || this.#canDraw() || this.#retries.length > 0
    );
  }

  /**
   * Takes the next endpoint; {@link hasDue} must have said that there is one.
   * - `probe`: it is in {@link endpoint} and {@link attempt}, to be probed now.
   * - `filtered`: the endpoint in {@link endpoint} deserves no further look.
   * - `absent`: nobody has the address of {@link endpoint}.
   * - `cut-off`: the interface to {@link endpoint} has no link.
   * - `postponed`: a cap holds it back, or what is not yet known of its host; ask again.
   */
  take(now: number): "probe" | "filtered" | "absent" | "cut-off" | "postponed" {
    if (this.#delayed.firstDue <= now) {
      this.#takeDelayed();
      return "probe";
    }
    const { onLink, order, hosts } = this.#options;
    let mark = 0;
    this.attempt = 1;
    if (onLink.hasQuestion(now)) {
      this.endpoint = onLink.takeQuestion(now);
    } else if (onLink.hasReady && this.#mayTakeHeld()) {
      this.endpoint = onLink.takeReady();
      mark = heldMark;
    } else if (this.#isRetryNext()) {
      if (!this.#takeRetry()) return "filtered";
    } else {
      this.endpoint = order.next();
      const admission = onLink.admit(this.endpoint % hosts, this.endpoint, now);
      if (admission === "absent" || admission === "cut-off") return admission;
      if (admission === "held") return "postponed";
    }
    const due = this.#options.reserve(this.endpoint, now);
    if (due <= now) return "probe";
    this.#delayed.add(this.endpoint, this.attempt | mark, due);
    if (mark > 0) this.#heldDelayed += 1;
    return "postponed";
  }

  #takeDelayed(): void {
    this.endpoint = this.#delayed.firstEndpoint;
    const attempt = this.#delayed.firstAttempt;
    this.#delayed.dropFirst();
    if (attempt >= heldMark) this.#heldDelayed -= 1;
    this.attempt = attempt % heldMark;
  }

  /** @returns false where the endpoint deserves no further look */
  #takeRetry(): boolean {
    this.endpoint = this.#retries.firstEndpoint;
    this.attempt = this.#retries.firstAttempt;
    this.#retries.dropFirst();
    if (this.attempt <= 2) return true;
    this.#doubtful -= 1;
    return this.#options.loss.deservesAnotherLook(this.attempt - 1);
  }

  /** Endpoints of hosts that are there may take their moments. */
  #mayTakeHeld(): boolean {
    return this.#heldDelayed < heldAhead || (!this.#canDraw() && !this.#options.onLink.isWaiting);
  }

  #canDraw(): boolean {
    return !this.#options.order.isFinished && !this.#options.onLink.isFull;
  }

  /** New endpoints first. But the queue for further looks has an end: then it is emptied to the half. */
  #isRetryNext(): boolean {
    if (!this.#canDraw()) return true;
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
    yield* this.#options.onLink;
  }
}
