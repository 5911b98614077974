/** `undefined` once `signal` is aborted: a DNS lookup cannot be cancelled, but need not be waited for. */
export async function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) {
    // Its failure is not handled elsewhere, and must not end the process.
    work.catch(() => {});
    return undefined;
  }
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
