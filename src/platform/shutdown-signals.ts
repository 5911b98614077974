/**
 * One wish may come as several signals: a service manager sends it to the whole group, and the launcher that we run
 * under hands its own on.
 */
const sameWishMs = 200;

/**
 * Turns the system's wish to end us (SIGTERM, SIGINT, SIGHUP; on Windows Ctrl-C and a closed console) into an abort.
 * The second one forces the exit. Where no terminal could have been closed, SIGHUP is the wish for a new
 * configuration and new log files, if `reload` is given.
 */
export function onShutdownSignals(options: {
  readonly first: (signal: string) => void;
  readonly second: (signal: string) => void;
  readonly reload?: () => void;
}): Disposable {
  const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
  let firstAt: number | undefined;
  const { reload } = options;
  const handle = (signal: NodeJS.Signals) => {
    if (signal === "SIGHUP" && reload !== undefined && !hasTerminal()) return reload();
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      options.first(signal);
    } else if (now - firstAt >= sameWishMs) {
      options.second(signal);
    }
  };
  for (const signal of signals) process.on(signal, handle);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}

function hasTerminal(): boolean {
  return process.platform === "win32" || process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}
