import { type BigIntStats, constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import { type CityResponse, Reader } from "maxmind";
import { type Address, familyOf, ipv4FromNumber } from "../../core/address.ts";
import { messageOf, systemCode } from "../../core/errors.ts";

/** Maximum size: a database is read into memory as a whole. The largest of MaxMind have 0.5 GB. */
const maxFileBytes = 1024 ** 3;

/** Decoded parts (records and shared names) in the cache. */
const cachedPieces = 4096;

/** The metadata are within the last 128 KiB. https://maxmind.github.io/MaxMind-DB/ */
const metadataReachBytes = 128 * 1024;
const metadataMarker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");

/** A database in memory. */
export interface Database {
  /** The type in its metadata, for example `GeoLite2-City`. */
  readonly type: string;
  readonly builtAt: Date;
  readonly bytes: number;
  /** A few of its records. */
  readonly samples: readonly unknown[];
  /**
   * The record of the network that `address` is in, as decoded; `undefined` where there is none.
   * @throws any error where the file is damaged
   */
  find(address: Address): unknown;
}

/**
 * The result of opening. `unstable`: the file changed while it was read. `unreadable`: a system error, which may be
 * temporary.
 */
export type Opening =
  | { readonly kind: "opened"; readonly database: Database; readonly version: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unstable"; readonly version: string }
  | { readonly kind: "broken"; readonly problem: string; readonly version: string }
  | { readonly kind: "unreadable"; readonly problem: string };

/** A version of the file at a path: it changes when the file is replaced or rewritten. */
export async function versionOf(file: string): Promise<string | undefined> {
  try {
    return versionOfStats(await stat(file, { bigint: true }));
  } catch (error) {
    return isMissing(error) ? undefined : "unreadable";
  }
}

function versionOfStats({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}

function isMissing(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Reads the whole file and checks it. Never rejects. */
export async function openDatabase(file: string): Promise<Opening> {
  let version = "";
  try {
    // Without O_NONBLOCK, opening a named pipe at this path would block forever.
    await using handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const before = await handle.stat({ bigint: true });
    version = versionOfStats(before);
    if (!before.isFile()) return { kind: "broken", problem: "it is not a file", version };
    if (before.size > maxFileBytes) return { kind: "broken", problem: "it is larger than 1 GiB", version };
    const content = await handle.readFile();
    if (versionOfStats(await handle.stat({ bigint: true })) !== version) return { kind: "unstable", version };
    return openContent(content, version);
  } catch (error) {
    if (isMissing(error)) return { kind: "missing" };
    // Codes of the system (EACCES, EMFILE), not of Node (ERR_FS_FILE_TOO_LARGE).
    if (/^E(?!RR_)/.test(systemCode(error) ?? "")) return { kind: "unreadable", problem: messageOf(error) };
    return { kind: "broken", problem: messageOf(error), version };
  }
}

/** Opens a database in memory. */
export function openContent(content: Buffer, version: string): Opening {
  try {
    return { kind: "opened", database: databaseOf(content), version };
  } catch (error) {
    return { kind: "broken", problem: messageOf(error), version };
  }
}

/** @throws Error with the reason why `content` is not a complete database */
export function databaseOf(content: Buffer): Database {
  const tail = content.subarray(Math.max(0, content.length - metadataReachBytes));
  const markerInTail = tail.lastIndexOf(metadataMarker);
  if (markerInTail < 0) throw new Error("it is not a MaxMind database, or it is incomplete");
  const reader = new Reader<CityResponse>(content, {
    cache: new LRUCache<string | number, NonNullable<unknown>>({ max: cachedPieces }),
  });
  const { metadata } = reader;
  const dataStart = metadata.searchTreeSize + 16;
  const marker = content.length - tail.length + markerInTail;
  if (!Number.isSafeInteger(metadata.nodeCount) || metadata.nodeCount < 1 || !(dataStart <= marker)) {
    throw new Error("its search tree does not fit into the file");
  }
  if (metadata.ipVersion !== 4 && metadata.ipVersion !== 6) throw new Error("its IP version is neither 4 nor 6");
  // An IPv4 tree walked with the bits of an IPv6 address would return an unrelated record.
  const find = (address: Address): unknown =>
    metadata.ipVersion === 4 && familyOf(address) === 6 ? undefined : (reader.get(address) ?? undefined);
  return {
    type: String(metadata.databaseType).slice(0, 100),
    builtAt: metadata.buildEpoch,
    bytes: content.length,
    samples: readSamples(find),
    find,
  };
}

const maxSamples = 8;

/** Looks up addresses all over the tree: this fails if parts of the file are missing. */
function readSamples(find: (address: Address) => unknown): readonly unknown[] {
  const samples: unknown[] = [];
  for (let sample = 0; sample < 256; sample++) {
    const record = find(ipv4FromNumber((sample * 0x01_01_01_01 + 0x35) >>> 0));
    if (record !== undefined && samples.length < maxSamples) samples.push(record);
  }
  return samples;
}
