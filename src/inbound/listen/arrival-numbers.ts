import type { Clock, Random } from "../../core/clock.ts";

/** Identifiers of connections, unique across listeners and restarts. As text they sort in the order of arrival. */
export class ArrivalNumbers {
  readonly #prefix: string;
  /** The prefix with all digits but the last two: it rarely changes. */
  #beginning = "";
  #count = 0;

  constructor(clock: Clock, random: Random) {
    const chance = Math.floor(random.next() * 36 ** 8).toString(36);
    this.#prefix = `${clock.now().toString(36)}-${chance.padStart(8, "0")}-`;
  }

  next(): string {
    this.#count += 1;
    const low = this.#count % endings.length;
    if (low === 0 || this.#beginning === "") {
      this.#beginning =
        this.#prefix +
        Math.floor(this.#count / endings.length)
          .toString(36)
          .padStart(5, "0");
    }
    return this.#beginning + endings[low];
  }
}

/** The last two digits of numbers to base 36. */
const endings = Array.from({ length: 36 ** 2 }, (_, number) => number.toString(36).padStart(2, "0"));
