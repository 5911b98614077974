const showCursor = "\u001b[?25h";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Asks questions and gives the terminal back as it was, however that ends: the library hides the cursor, takes single
 * keys, and never answers once its input has ended (Ctrl-D).
 * @param inputEnded makes what is thrown then
 */
export async function askingOnTerminal<Answer>(ask: () => Promise<Answer>, inputEnded: () => Error): Promise<Answer> {
  const ended = Promise.withResolvers<never>();
  const onInputEnded = () => ended.reject(inputEnded());
  const onSignal = () => {
    giveBack();
    process.exit(1);
  };
  // Nothing else is waited for: the question that was asked is never answered.
  process.once("beforeExit", onInputEnded);
  for (const signal of endings) process.once(signal, onSignal);
  try {
    return await Promise.race([ask(), ended.promise]);
  } finally {
    process.off("beforeExit", onInputEnded);
    for (const signal of endings) process.off(signal, onSignal);
    giveBack();
  }
}

function giveBack(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  if (process.stdout.isTTY) process.stdout.write(showCursor);
}
