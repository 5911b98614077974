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
  /** Probes in flight, at most. */
  readonly capacity: number;
  /** Probes in flight now. */
  readonly inFlight: () => number;
  /** Reserves the next moment at which the caps allow a probe of an endpoint. */
  readonly reserve: (endpoint: number, now: number) => number;
  readonly maxAttempts: number;
}

/** Silent endpoints that wait for another attempt, at most; when it is reached, retries come before new endpoints. */
const retryRoom = 65_536;
/** Probes delayed by the caps of their host or network, at most; then the scan waits. */
const delayedRoom = 4_096;

/** In {@link DelayedProbes}, added to the tries of endpoints that were held until their host was known to be up. */
const heldMark = 128;
/**
 * Of those, this many may reserve a moment while other hosts still wait for their first probe: that takes three seconds
 * to fail, and must therefore start first.
 */
const maxHeldDelayed = 64;

/**
 * What to probe next. New endpoints come in the scattered order; silent ones again after them, as late as possible;
 * those delayed by a cap or a local shortage when their moment has come; those of a host on the own link when it is
 * known to be up ({@link OnLinkHosts}). Every endpoint drawn from the order that has no final state is here or in flight, in
 * constant memory.
 */
export class ProbeScheduler {
  /** What {@link take} chose. */
  endpoint = -1;
  tries = 0;
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

  /** Endpoints with two attempts, which get a third only if answers show losses. */
  get doubtful(): number {
    return this.#doubtful;
  }

  /** Silent endpoints that wait for another attempt, without the {@link doubtful} ones. */
  get repeats(): number {
    return this.#retries.length - this.#doubtful;
  }

  /** Endpoints that wait for their moment. */
  get delayed(): number {
    return this.#delayed.length;
  }

  /** How many endpoints one round of second attempts has, at most. */
  get roundSize(): number {
    return Math.min(this.#options.order.steps, retryRoom);
  }

  hasDue(now: number): boolean {
    if (this.#delayed.firstDue <= now) return true;
    if (this.#delayed.length >= delayedRoom) return false;
    const { onLink } = this.#options;
    return (
      onLink.hasNextHost(now) || (onLink.hasReady && this.#mayTakeHeld()) || this.#canDraw() || this.#retries.length > 0
    );
  }

  /**
   * Takes the next endpoint; only when {@link hasDue} is true.
   * - `probe`: it is in {@link endpoint} and {@link tries}, to be probed now.
   * - `filtered`: the endpoint in {@link endpoint} is not worth a further attempt.
   * - `absent`: no host has the address of {@link endpoint}.
   * - `link-down`: the interface to {@link endpoint} has no link.
   * - `postponed`: it waits because of a cap, or until its host is known to be up; take the next one.
   */
  take(now: number): "probe" | "filtered" | "absent" | "link-down" | "postponed" {
    if (this.#delayed.firstDue <= now) {
      this.#takeDelayed();
      return "probe";
    }
    const { onLink, order, hosts } = this.#options;
    let mark = 0;
    this.tries = 1;
    if (onLink.hasNextHost(now)) {
      this.endpoint = onLink.takeNextHost(now);
    } else if (onLink.hasReady && this.#mayTakeHeld()) {
      this.endpoint = onLink.takeReady();
      mark = heldMark;
    } else if (this.#isRetryNext()) {
      if (!this.#takeRetry()) return "filtered";
    } else {
      this.endpoint = order.next();
      const admission = onLink.admit(this.endpoint % hosts, this.endpoint, now);
      if (admission === "absent" || admission === "link-down") return admission;
      if (admission === "held") return "postponed";
    }
    const due = this.#options.reserve(this.endpoint, now);
    if (due <= now) return "probe";
    this.#delayed.add(this.endpoint, this.tries | mark, due);
    if (mark > 0) this.#heldDelayed += 1;
    return "postponed";
  }

  #takeDelayed(): void {
    this.endpoint = this.#delayed.firstEndpoint;
    const tries = this.#delayed.firstTries;
    this.#delayed.dropFirst();
    if (tries >= heldMark) this.#heldDelayed -= 1;
    this.tries = tries % heldMark;
  }

  /** @returns false where the endpoint is not worth a further attempt */
  #takeRetry(): boolean {
    this.endpoint = this.#retries.firstEndpoint;
    this.tries = this.#retries.firstTries;
    this.#retries.dropFirst();
    if (this.tries <= 2) return true;
    this.#doubtful -= 1;
    return this.#options.loss.isRetryWorthwhile(this.tries - 1);
  }

  /** Held endpoints of hosts that are up may reserve their moments. */
  #mayTakeHeld(): boolean {
    return this.#heldDelayed < maxHeldDelayed || (!this.#canDraw() && !this.#options.onLink.isWaiting);
  }

  #canDraw(): boolean {
    return !this.#options.order.isFinished && !this.#options.onLink.isFull;
  }

  /** New endpoints come first. But when the queue of retries is full, it is drained to half. */
  #isRetryNext(): boolean {
    if (!this.#canDraw()) return true;
    const waiting = this.#retries.length + this.#options.inFlight() + this.#delayed.length;
    if (waiting >= retryRoom - 1) this.#isDraining = true;
    else if (this.#retries.length <= retryRoom / 2) this.#isDraining = false;
    return this.#isDraining && this.#retries.length > 0;
  }

  /**
   * An endpoint stayed silent.
   * @param attempts how many attempts it has had
   * @returns false where it gets no further attempt
   */
  retry(endpoint: number, attempts: number): boolean {
    const { maxAttempts, loss, inFlight } = this.#options;
    if (attempts >= maxAttempts || this.#retries.length >= retryRoom) return false;
    if (attempts >= 2) {
      // Whether a third attempt is worthwhile is decided when its turn comes, from all answers until then; but where room is
      // short, now, so that there is always room for the second attempts of others.
      const isRoomShort = this.#retries.length + inFlight() >= retryRoom - 1;
      if (isRoomShort && !loss.isRetryWorthwhile(attempts)) return false;
      this.#doubtful += 1;
    }
    this.#retries.push(endpoint, attempts + 1);
    return true;
  }

  /** The probe could not be sent; it is kept for `due`. */
  postpone(endpoint: number, tries: number, due: number): void {
    this.#delayed.add(endpoint, tries, due);
  }

  /** The endpoints drawn from the order that wait here. */
  *[Symbol.iterator](): Generator<number> {
    yield* this.#retries;
    yield* this.#delayed;
    yield* this.#options.onLink;
  }
}
