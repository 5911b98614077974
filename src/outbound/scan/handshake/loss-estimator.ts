/** Retrying stops when fewer hosts than this are expected to be missed. */
const acceptedMisses = 0.005;

/** Before any answer: one attempt is assumed to miss one host in a hundred, with the weight of ten answers. */
const priorLate = 0.1;
const priorAnswers = 10;

/**
 * Decides from the answers of a scan whether silent endpoints are worth a third attempt, and further ones. Every silent endpoint
 * gets two; the share of hosts that answered only the second attempt or a later one estimates how many hosts one attempt misses
 * (lost packets, or hosts slower than the time-out). With a share p and n answers, about n * p^k hosts are still missed
 * after k attempts.
 */
export class LossEstimator {
  #answers = 0;
  #late = 0;

  /** @param attempt the attempt that was answered, from 1 */
  answered(attempt: number): void {
    this.#answers += 1;
    if (attempt > 1) this.#late += 1;
  }

  /** The share of hosts that one attempt misses. */
  get share(): number {
    return (this.#late + priorLate) / (this.#answers + priorAnswers);
  }

  get answers(): number {
    return this.#answers;
  }

  /** @param attempts how many attempts at the endpoint got no answer */
  isRetryWorthwhile(attempts: number): boolean {
    return this.#answers * this.share ** attempts > acceptedMisses;
  }
}
