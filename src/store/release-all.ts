import { setImmediate } from "node:timers/promises";

/** Takes steps until there is nothing more to give back; in between, whoever waits has a turn. @returns bytes in all */
export async function releaseAll(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const bytes = await step();
    if (bytes === 0) return total;
    total += bytes;
    await setImmediate();
  }
}
