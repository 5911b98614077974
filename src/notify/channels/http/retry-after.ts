/**
 * Reads a `Retry-After` field: seconds, or an HTTP date (RFC 9110 section 10.2.3).
 * @param now milliseconds since the epoch
 * @returns milliseconds from now, 0 or more; `undefined` if it is neither
 */
export function parseRetryAfter(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,10}(?:\.\d{1,6})?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
  // All three formats of an HTTP date begin with the name of a day and end with GMT or, for asctime, with the year.
  if (trimmed.length > 40 || !/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(trimmed)) return undefined;
  const at = Date.parse(/GMT$/.test(trimmed) ? trimmed : `${trimmed} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/**
 * The wait that some services give in the body instead: `{"retry_after": 1.5}` (Discord, seconds), or
 * `{"parameters": {"retry_after": 35}}` (Telegram, seconds).
 */
export function retryAfterOfBody(text: string): number | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const seconds = field(body, "retry_after") ?? field(field(body, "parameters"), "retry_after");
  if (typeof seconds !== "number" || !(seconds >= 0) || seconds > 1e9) return undefined;
  return Math.round(seconds * 1000);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
