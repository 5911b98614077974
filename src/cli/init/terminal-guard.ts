const showCursor = "\u001b[?25h";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Asks questions and always restores the terminal: the library hides the cursor, reads single keys, and never returns if its
 * input ends (Ctrl-D).
 * @param inputEnded creates the error for ended input
 */
export async function askingOnTerminal<Answer>(ask: () => Promise<Answer>, inputEnded: () => Error): Promise<Answer> {
  const ended = Promise.withResolvers<never>();
  const onInputEnded = () => ended.reject(inputEnded());
  const onSignal = () => {
    restore();
    process.exit(1);
  };
  // The open question is never answered, so it must not be awaited.
  process.once("beforeExit", onInputEnded);
  for (const signal of endings) process.once(signal, onSignal);
  try {
    return await Promise.race([ask(), ended.promise]);
  } finally {
    process.off("beforeExit", onInputEnded);
    for (const signal of endings) process.off(signal, onSignal);
    restore();
  }
}

function restore(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  if (process.stdout.isTTY) process.stdout.write(showCursor);
}
