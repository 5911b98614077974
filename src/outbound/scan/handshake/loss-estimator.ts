/** Expected number of hosts still missed, below which another look is not worth its time. */
const acceptedMisses = 0.005;

/** Before any answer a first look is believed to miss one host in a hundred, with the weight of ten answers. */
const priorLate = 0.1;
const priorAnswers = 10;

/**
 * Decides from the answers of a scan whether silent endpoints deserve a third look and more. Every silent endpoint is
 * looked at twice; the share of hosts that answered only at the second look or later tells how much one look misses
 * (lost packets, or hosts slower than the time-out). With a share p and n answers, about n * p^k hosts are still missed
 * after k looks.
 */
export class LossEstimator {
  #answers = 0;
  #late = 0;

  /** @param look the look that was answered, from 1 */
  answered(look: number): void {
    this.#answers += 1;
    if (look > 1) this.#late += 1;
  }

  /** The share of hosts that one look misses. */
  get share(): number {
    return (this.#late + priorLate) / (this.#answers + priorAnswers);
  }

  get answers(): number {
    return this.#answers;
  }

  /** @param looks how often the endpoint was silent already */
  deservesAnotherLook(looks: number): boolean {
    return this.#answers * this.share ** looks > acceptedMisses;
  }
}
