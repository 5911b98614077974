/**
 * The maximum processor time that this thread spent in one turn of its event loop while `work` ran, in milliseconds. Other
 * programs do not count, as they would with the clock.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let running = true;
  let before = process.threadCpuUsage();
  const measure = () => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, (now.user - before.user + now.system - before.system) / 1000);
    before = now;
    if (running) setImmediate(measure);
  };
  setImmediate(measure);
  try {
    await work();
  } finally {
    running = false;
  }
  await new Promise((resolve) => setImmediate(resolve));
  return longest;
}
