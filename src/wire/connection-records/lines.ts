import { type ConnectionReading, connectionOf, fieldKey, type RecordFields, readConnectionRecord } from "./parse.ts";

/** A connection or an error, with the line on which its record begins. */
export type FoundConnection = Exclude<ConnectionReading, { kind: "nothing" }> & { readonly line: number };

/** The labels in an alert of the earlier Portwatcher. Other lines with a colon are ignored. */
const labels = new Set(
  [
    "Timestamp",
    "Timestamp (UTC)",
    "Peer IP",
    "Port",
    "rDNS",
    "Country",
    "City/Region",
    "Coords (approx)",
    "BytesIn/Probe",
    "Detected",
    "HTTP",
    "Host",
    "User-Agent",
    "SNI",
    "ALPN",
    "JA3",
    "JA4",
    "Org",
    "Provider",
    "Local",
  ].map(fieldKey),
);
const maxTextCharacters = 4000;
const maxFields = 50;

/**
 * Finds records of connections among lines, in three forms:
 * - the text of an alert: `Timestamp: ...`, `Peer IP: ...` and so on, one per line;
 * - `key=value` pairs in one line, with the time before or among them;
 * - one JSON object per line, as from `harbinger connections --json`.
 *
 * Other lines are skipped, because a log has them. The prefix that Docker Compose adds to each line is removed. Never throws; holds
 * one record.
 */
export class ConnectionLines {
  #block = new Map<string, unknown>();
  #blockLine = 0;

  write(line: number, text: string): readonly FoundConnection[] {
    const plain = text.slice(0, maxTextCharacters).replace(/^[\w.-]{1,100}\s{1,100}\|\s/, "");
    const block = blockField(plain);
    if (block !== undefined) {
      const before = block.key === "timestamp" ? this.end() : [];
      if (this.#block.size === 0) this.#blockLine = line;
      if (this.#block.size < maxFields && !this.#block.has(block.key)) this.#block.set(block.key, block.value);
      return before;
    }
    const reading = plain.trimStart().startsWith("{") ? jsonOf(text) : pairsOf(plain);
    return reading.kind === "nothing" ? [] : [...this.end(), { ...reading, line }];
  }

  /** Returns the current record. The next record or the end of the file ends it. */
  end(): readonly FoundConnection[] {
    const block = this.#block;
    if (block.size === 0) return [];
    this.#block = new Map();
    if (!block.has("timestamp")) return [];
    const reading = connectionOf(block satisfies RecordFields);
    return reading.kind === "nothing" ? [] : [{ ...reading, line: this.#blockLine }];
  }
}

function blockField(text: string): { readonly key: string; readonly value: string } | undefined {
  const colon = text.indexOf(": ");
  if (colon < 2 || colon > 30) return undefined;
  const key = fieldKey(text.slice(0, colon));
  return labels.has(key) && /^[A-Za-z]/.test(text) ? { key, value: text.slice(colon + 2).trim() } : undefined;
}

function jsonOf(text: string): ConnectionReading {
  try {
    return readConnectionRecord(JSON.parse(text));
  } catch {
    return { kind: "nothing" };
  }
}

/** Matches only at the beginning of a word, so that a long word is scanned once. */
const pair = /(?<![\w.-])([A-Za-z_][\w.-]{0,40})=("[^"]{0,1000}"|'[^']{0,1000}'|[^\s"']{1,1000})/g;
const leadingTime = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?Z|[+-]\d\d:?\d\d)?)/;

function pairsOf(text: string): ConnectionReading {
  const fields = new Map<string, unknown>();
  const time = leadingTime.exec(text)?.[1];
  if (time !== undefined) fields.set("timestamp", time.replace(",", "."));
  for (const [, name = "", value = ""] of text.matchAll(pair)) {
    if (fields.size >= maxFields) break;
    fields.set(fieldKey(name), /^["']/.test(value) ? value.slice(1, -1) : value.replace(/,$/, ""));
  }
  return connectionOf(fields);
}
