const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads a duration as people write it: `500ms`, `30s`, `15m`, `2h`, `7d`, `1w`, or several of them, `1h30m`; a century at most.
 * @returns milliseconds, or `undefined` where `text` is not a duration; a number without a unit is not
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > 40 || !/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/gy)) {
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  }
  return total <= maxMs ? Math.round(total) : undefined;
}

/** A century: now plus or minus that is still a valid date. */
const maxMs = 100 * 366 * 86_400_000;

/** The shortest text that {@link parseDuration} reads back to the same whole number of milliseconds. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  if (rest === 0) return "0s";
  let text = "";
  for (const [unit, size] of Object.entries(unitMs).reverse()) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}
