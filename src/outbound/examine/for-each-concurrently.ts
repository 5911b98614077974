/**
 * Runs `work` for each item, up to `concurrency` at the same time. After the first failure no further item is started. Not p-map,
 * which rejects while started items still run, and keeps a result of each of perhaps a million items.
 * @throws the first failure, after all started items have ended
 */
export async function forEachConcurrently<Item>(
  items: AsyncIterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    while (failures.length === 0) {
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failures.length === 0) return;
  await iterator.return?.();
  throw failures[0];
}
