import { setImmediate } from "node:timers/promises";

/** Repeats steps until there is nothing more to release; waiting calls run in between. @returns bytes in all */
export async function releaseAll(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const bytes = await step();
    if (bytes === 0) return total;
    total += bytes;
    await setImmediate();
  }
}
