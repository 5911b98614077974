import vm from "node:vm";
import { type Filling, fill } from "./hostile-texts.ts";

/** Characters of the longer text. Quadratic time is a thousand times linear time there. */
const long = 32 * 1024;
const short = long / 4;
/** Below this no text of the longer length blocks the event loop, whatever the growth. */
const negligibleMs = 4;
const deadlineMs = 400;
/** Of several uses together, so that the clock's resolution does not matter. */
const sampleMs = 60;
const sampleDeadlineMs = 4000;
/** No other program makes such a short use take so long. */
const hopelessMs = 200;
/** Four times the text takes 4 times as long in linear time and 16 times as long in quadratic. */
const maxGrowth = 8;
const maxMs = 12;

/** Why `pattern` is too slow for one of the `fillings`; `undefined` where its time is linear and short for all. */
export function slowness(pattern: RegExp, fillings: readonly Filling[]): string | undefined {
  let from = 0;
  while (from < fillings.length) {
    const texts = fillings.slice(from).map((filling) => fill(filling, long));
    const times = timesOf(pattern, texts);
    // The one during which the time ran out, if any, is also a suspect.
    for (const [index, filling] of fillings.slice(from, from + times.length + 1).entries()) {
      if ((times[index] ?? deadlineMs) < negligibleMs) continue;
      const found = slownessFor(pattern, filling);
      if (found !== undefined) return found;
    }
    from += times.length + 1;
  }
  return undefined;
}

function slownessFor(pattern: RegExp, filling: Filling): string | undefined {
  const text = fill(filling, long);
  const shortText = fill(filling, short);
  // Other programs on this machine only add time: the smallest of several is the most accurate.
  let longMs = meanTime(pattern, text, 1);
  for (let attempt = 0; attempt < 4 && longMs >= negligibleMs && longMs < hopelessMs; attempt++) {
    longMs = Math.min(longMs, meanTime(pattern, text, 1));
  }
  if (longMs < negligibleMs) return undefined;
  let shortMs = meanTime(pattern, shortText, 1);
  if (longMs < hopelessMs) {
    // Linux counts a thread's time in ticks of up to ten milliseconds: only long samples can be compared.
    const uses = Math.ceil(sampleMs / longMs);
    longMs = meanTime(pattern, text, uses);
    shortMs = meanTime(pattern, shortText, uses * (long / short));
  }
  if (longMs < negligibleMs || (longMs < maxMs && longMs / shortMs < maxGrowth)) return undefined;
  const { before, repeated, after } = filling;
  const shown = `${JSON.stringify(before)}, then ${JSON.stringify(repeated)} repeated, then ${JSON.stringify(after)}`;
  return `${shown}: ${longMs.toFixed(1)} ms for ${long} characters, ${shortMs.toFixed(1)} ms for ${short}`;
}

const globals = {
  pattern: /(?:)/,
  texts: [] as string[],
  times: [] as number[],
  now: processorMs,
};
/** Code in a separate context can be aborted in the middle of a match. */
const context = vm.createContext(globals);
const use = new vm.Script(`
  for (const text of texts) {
    pattern.lastIndex = 0;
    const before = now();
    if (pattern.global) text.replace(pattern, "");
    else pattern.test(text);
    times.push(now() - before);
  }`);

/** Per use. */
function meanTime(pattern: RegExp, text: string, uses: number): number {
  const times = timesOf(pattern, new Array<string>(uses).fill(text), uses === 1 ? deadlineMs : sampleDeadlineMs);
  return times.length < uses ? deadlineMs : times.reduce((sum, each) => sum + each, 0) / uses;
}

/** Processor time in milliseconds of one use of `pattern` on each text, as far as the deadline allowed. */
function timesOf(pattern: RegExp, texts: string[], timeout = deadlineMs): number[] {
  const times: number[] = [];
  Object.assign(globals, { pattern, texts, times });
  try {
    use.runInContext(context, { timeout });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
  return times;
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
