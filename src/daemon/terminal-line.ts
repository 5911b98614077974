/** One line of the log for people at a terminal: `13:40:05 INFO  scan starts  watch=lan engine=connect`. */
import { safeText } from "../core/safe-text.ts";

/** What pino writes: a level, an ISO time, a message, and the fields beside them. */
const levels: Readonly<Record<number, { readonly word: string; readonly colour: number }>> = {
  20: { word: "DEBUG", colour: 90 },
  30: { word: "INFO", colour: 32 },
  40: { word: "WARN", colour: 33 },
  50: { word: "ERROR", colour: 31 },
};

/**
 * Turns a JSON log line into one for people, with local times. Other lines are returned unchanged.
 * @param colour colour the level and dim the fields
 */
export function terminalLine(json: string, colour: boolean): string {
  const record = parseRecord(json);
  if (record === undefined) return json;
  const { level, time, msg, ...fields } = record;
  const { word, colour: code } = levels[Number(level)] ?? { word: String(level), colour: 39 };
  const paint = (text: string, sequence: number) => (colour ? `\u001b[${sequence}m${text}\u001b[39m` : text);
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(" ");
  const tail = facts === "" ? "" : `  ${paint(facts, 90)}`;
  return `${paint(clock(String(time)), 90)} ${paint(word.padEnd(5), code)} ${safeText(String(msg), { limit: 4000 })}${tail}\n`;
}

function parseRecord(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && "msg" in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Local time of day. */
function clock(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toTimeString().slice(0, 8);
}

/** Quotes text that contains spaces, so that fields stay distinct. */
function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return safeText(/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text), { limit: 4000 });
}
