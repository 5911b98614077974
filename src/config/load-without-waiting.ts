import { type LoadOptions, type LoadOutcome, loadConfig } from "./load.ts";

/** The configuration names files of secrets, and those name no others: two rounds are enough. */
const maxRounds = 5;

type Reading = { readonly bytes: Uint8Array } | { readonly error: unknown };

/**
 * Like `loadConfig`, without blocking: a file on a disk that does not respond delays only this call.
 * @param read rejects like `readFile`
 */
export async function loadConfigWithoutWaiting(
  options: Omit<LoadOptions, "readFile">,
  read: (file: string) => Promise<Uint8Array>,
): Promise<LoadOutcome> {
  const known = new Map<string, Reading>();
  for (let round = 1; ; round++) {
    const wanted = new Set<string>();
    const outcome = loadConfig({
      ...options,
      readFile(file) {
        const reading = known.get(file);
        if (reading === undefined) {
          wanted.add(file);
          return new Uint8Array(0);
        }
        if ("error" in reading) throw reading.error;
        return reading.bytes;
      },
    });
    if (wanted.size === 0 || round === maxRounds) return outcome;
    await Promise.all(
      [...wanted].map(async (file) => {
        known.set(file, await readingOf(read(file)));
      }),
    );
  }
}

async function readingOf(content: Promise<Uint8Array>): Promise<Reading> {
  try {
    return { bytes: await content };
  } catch (error) {
    return { error };
  }
}
