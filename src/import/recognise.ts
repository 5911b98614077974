import { readConnectionRecord } from "../wire/connection-records/parse.ts";
import { type JsonRecord, JsonRecords } from "../wire/json-records/parse.ts";
import { hasDeviceColumns } from "../wire/netalertx/parse.ts";
import { isRecord } from "../wire/record-fields.ts";
import type { ImportFormat } from "./format.ts";

/** The format of a file, by its beginning. `database`: SQLite, to be identified by its tables. */
export type Recognition =
  | { readonly kind: "format"; readonly format: ImportFormat }
  | { readonly kind: "database" }
  | { readonly kind: "unknown"; readonly reason: string };

/** Number of bytes inspected at the start of a file. */
export const headBytes = 64 * 1024;

const sqliteMagic = "SQLite format 3\0";

/** Recognises the format of a file by its first bytes; its name does not matter. Pure; never throws. */
export function recognise(head: Uint8Array): Recognition {
  if (head.length === 0) return { kind: "unknown", reason: "is empty" };
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytes));
  if (start.toString("latin1", 0, sqliteMagic.length) === sqliteMagic) return { kind: "database" };
  if (start[0] === 0x1f && start[1] === 0x8b) return { kind: "unknown", reason: "is compressed; gunzip it first" };
  if (start.includes(0)) return { kind: "unknown", reason: "is neither text (UTF-8) nor an SQLite database" };
  const text = start.toString("utf8").replace(/^\ufeff/, "");
  const format = formatOfText(text);
  return format === undefined
    ? { kind: "unknown", reason: "is in none of the formats that can be imported; harbinger import --help lists them" }
    : { kind: "format", format };
}

function formatOfText(text: string): ImportFormat | undefined {
  if (/<nmaprun\b/.test(text) || /<!DOCTYPE nmaprun\b/.test(text)) return "nmap-xml";
  if (/^# Nmap [^\n]{1,4000} as: /m.test(text) && /^Host: \S/m.test(text)) return "nmap-grepable";
  if (/^Host: \S+ \([^)\n]*\)\t(?:Ports|Status): /m.test(text)) return "nmap-grepable";
  if (/^(?:open|closed|banner) (?:tcp|udp|sctp) \d{1,5} \S+ \d{1,11}/m.test(text)) return "masscan-list";
  if (/^#masscan\s/.test(text)) return "masscan-list";
  const json = /^\s*[[{]/.test(text) ? formatOfJson(text) : undefined;
  if (json !== undefined) return json;
  const [firstLine = ""] = text.split("\n", 1);
  if (hasDeviceColumns(firstLine)) return "netalertx-csv";
  if (/^(?:export[ \t]+)?PW_[A-Z0-9_]{1,60}=/m.test(text)) return "portwatcher-env";
  if (/^(?:port_[A-Za-z0-9_-]{1,100}|watches|listeners):(?:\s|$)/m.test(text)) return "harbinger-yaml";
  if (hasConnectionLines(text)) return "portwatcher-log";
  return undefined;
}

function formatOfJson(text: string): ImportFormat | undefined {
  const found: readonly JsonRecord[] = new JsonRecords().write(text);
  for (const record of found) {
    if (record.kind !== "record" || !isRecord(record.value)) continue;
    const format = formatOfKeys(Object.keys(record.value));
    if (format !== undefined) return format;
    if (readConnectionRecord(record.value).kind === "connection") return "portwatcher-log";
  }
  // The first object is longer than the inspected bytes: use the names of its first fields.
  return formatOfKeys([...text.slice(0, 4096).matchAll(/"(\w{1,40})"\s{0,9}:/g)].map(([, name = ""]) => name));
}

function formatOfKeys(names: readonly string[]): ImportFormat | undefined {
  const keys = new Set(names.map((name) => name.toLowerCase()));
  const has = (...wanted: readonly string[]) => wanted.every((name) => keys.has(name));
  if (has("mac", "known") || has("mac", "hw")) return "watchyourlan-json";
  if (has("ip", "ports")) return "masscan-json";
  if (has("finished") && keys.size === 1) return "masscan-json";
  if (has("ip", "port")) return has("data") ? "masscan-json" : "naabu-json";
  // A connection has its addresses in nested objects.
  return has("address", "port") && !has("peer") ? "scan-json" : undefined;
}

/** Whether a line names a peer: as `Peer IP: ...`, or as `key=value`. */
function hasConnectionLines(text: string): boolean {
  return (
    /^[^\n]{0,80}Peer IP:\s*\S/m.test(text) ||
    /\b(?:peer(?:_ip)?|src_ip|client|remote)=["']?[0-9a-f.:]{3,45}\b/i.test(text)
  );
}
