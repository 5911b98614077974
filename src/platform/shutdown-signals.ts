/**
 * Turns the system's wish to end us (SIGTERM, SIGINT, SIGHUP; on Windows Ctrl-C and a closed console) into an abort.
 * The second one forces the exit.
 */
export function onShutdownSignals(options: {
  readonly first: (signal: string) => void;
  readonly second: (signal: string) => void;
}): Disposable {
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  let seen = 0;
  const handle = (signal: NodeJS.Signals) => {
    seen += 1;
    if (seen === 1) options.first(signal);
    else options.second(signal);
  };
  for (const signal of signals) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
