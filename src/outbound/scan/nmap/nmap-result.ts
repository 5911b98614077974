import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import type { Port } from "../../../core/ports.ts";
import type { NmapHost } from "../../../wire/nmap-xml/host.ts";
import { type NmapSummary, NmapXmlReader } from "../../../wire/nmap-xml/parse.ts";
import { readNmapText } from "./nmap-text.ts";

/** Takes hosts while the result is read. */
export type HostTaker = (hosts: readonly NmapHost[]) => Promise<void>;

/** `empty`: there is nothing to read, or only the result of an earlier run. */
export type ResultReading = { readonly kind: "empty" } | ({ readonly kind: "read" } & NmapSummary);

const pieceLength = 64 * 1024;

/** Changes when the file is written: the result of an earlier scan must not count as that of this one. */
export async function fingerprint(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return size === 0 ? "" : `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}

/**
 * Reads nmap's XML from a file, piece by piece.
 * @param isOver asked after each piece; true ends the reading as if the file ended there
 */
export async function readXmlFile(
  file: string,
  ports: readonly Port[],
  take: HostTaker,
  isOver: () => boolean,
): Promise<ResultReading> {
  if ((await fingerprint(file)) === "") return { kind: "empty" };
  const reader = new NmapXmlReader(ports);
  const decoder = new StringDecoder("utf8");
  const stream = createReadStream(file, { highWaterMark: pieceLength });
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    await give(reader.write(decoder.write(chunk)), take);
    if (reader.failed || isOver()) break;
  }
  return { kind: "read", ...reader.end() };
}

/** Reads nmap's XML from its standard output. */
export async function readXmlText(
  text: string,
  ports: readonly Port[],
  take: HostTaker,
  isOver: () => boolean,
): Promise<ResultReading> {
  const start = text.search(/<\?xml|<nmaprun/);
  if (start < 0) return { kind: "empty" };
  const reader = new NmapXmlReader(ports);
  for (let at = start; at < text.length && !reader.failed && !isOver(); at += pieceLength) {
    await give(reader.write(text.slice(at, at + pieceLength)), take);
    // Large outputs must not block the event loop.
    await setImmediate();
  }
  return { kind: "read", ...reader.end() };
}

/** Reads nmap's text output. */
export async function readText(text: string, ports: readonly Port[], take: HostTaker): Promise<ResultReading> {
  const { hosts, complete, hostsTotal } = readNmapText(text, ports);
  if (hosts.length === 0 && !complete) return { kind: "empty" };
  await give(hosts, take);
  return {
    kind: "read",
    complete,
    hostsTotal,
    ...(complete ? { exit: "success" } : { problem: 'without "Nmap done" at its end' }),
  };
}

async function give(hosts: readonly NmapHost[], take: HostTaker): Promise<void> {
  if (hosts.length > 0) await take(hosts);
}
