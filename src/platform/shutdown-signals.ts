/**
 * One request may arrive as several signals: a service manager signals the whole process group, and our launcher forwards its
 * signal.
 */
const sameRequestMs = 200;

/**
 * Handles requests to shut down (SIGTERM, SIGINT, SIGHUP; on Windows Ctrl-C and a closed console): `first` for the
 * first, `second` for a repetition. With `reload` and without a terminal, SIGHUP requests a reload instead.
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
    } else if (now - firstAt >= sameRequestMs) {
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
