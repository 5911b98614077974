import { type BigIntStats, constants } from "node:fs";
import { open, stat } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import { type CityResponse, Reader } from "maxmind";
import { type Address, familyOf, ipv4FromNumber } from "../../core/address.ts";
import { messageOf, systemCode } from "../../core/errors.ts";

/** A database is read into memory as a whole; a larger file than this is none that we know. The largest of MaxMind's have 0.5 GB. */
const maxFileBytes = 1024 ** 3;

/** Decoded pieces (records and the names they share) that stay at hand. */
const cachedPieces = 4096;

/** The metadata stand within the last 128 KiB. https://maxmind.github.io/MaxMind-DB/ */
const metadataReachBytes = 128 * 1024;
const metadataMarker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");

/** A database in memory. */
export interface Database {
  /** As its metadata say, for example `GeoLite2-City`. */
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

/** What came of opening. `unstable`: somebody was still writing. `unreadable`: the system refused; it may not the next time. */
export type Opening =
  | { readonly kind: "opened"; readonly database: Database; readonly version: string }
  | { readonly kind: "missing" }
  | { readonly kind: "unstable"; readonly version: string }
  | { readonly kind: "broken"; readonly problem: string; readonly version: string }
  | { readonly kind: "unreadable"; readonly problem: string };

/** Names the file that stands at a path now: another one renamed there, or written anew, has another version. */
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

/** Reads the whole file and tries it out. It never rejects. */
export async function openDatabase(file: string): Promise<Opening> {
  let version = "";
  try {
    // Without O_NONBLOCK a named pipe at this path would hold us for ever.
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

/** Tries out a database that is in memory. */
export function openContent(content: Buffer, version: string): Opening {
  try {
    return { kind: "opened", database: databaseOf(content), version };
  } catch (error) {
    return { kind: "broken", problem: messageOf(error), version };
  }
}

/** @throws Error that says why `content` is no whole database */
export function databaseOf(content: Buffer): Database {
  const tail = content.subarray(Math.max(0, content.length - metadataReachBytes));
  const markerInTail = tail.lastIndexOf(metadataMarker);
  if (markerInTail < 0) throw new Error("it is no MaxMind database, or only the first part of one");
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
  // Walked with the bits of an IPv6 address, a tree of IPv4 networks would answer with somebody else's record.
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

/** Looks addresses up all over the tree: where pieces of the file are missing, one of them meets the hole. */
function readSamples(find: (address: Address) => unknown): readonly unknown[] {
  const samples: unknown[] = [];
  for (let sample = 0; sample < 256; sample++) {
    const record = find(ipv4FromNumber((sample * 0x01_01_01_01 + 0x35) >>> 0));
    if (record !== undefined && samples.length < maxSamples) samples.push(record);
  }
  return samples;
}
