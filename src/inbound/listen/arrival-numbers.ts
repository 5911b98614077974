import type { Clock, Random } from "../../core/clock.ts";

/** Numbers for arrivals that no other listener and no other run gives; in order of arrival as text. */
export class ArrivalNumbers {
  readonly #prefix: string;
  #count = 0;

  constructor(clock: Clock, random: Random) {
    const chance = Math.floor(random.next() * 36 ** 8).toString(36);
    this.#prefix = `${clock.now().toString(36)}-${chance.padStart(8, "0")}-`;
  }

  next(): string {
    this.#count += 1;
    return this.#prefix + this.#count.toString(36).padStart(7, "0");
  }
}
