import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { maxNeighbourEntries, type NeighbourEntry, type NeighbourState } from "./neighbour-entry.ts";
import { zoned } from "./zoned.ts";

const states: Readonly<Record<string, NeighbourState>> = {
  REACHABLE: "reachable",
  STALE: "stale",
  DELAY: "probing",
  PROBE: "probing",
  INCOMPLETE: "probing",
  FAILED: "failed",
  NOARP: "static",
  PERMANENT: "static",
};

/**
 * Parses the output of `ip neigh` on Linux, one entry per line:
 * `192.168.1.1 dev eth0 lladdr b8:27:eb:00:00:01 router ref 1 used 10/10/8probes 1 REACHABLE` (iproute2 with `-s`).
 * @param options `hasAges`: the three numbers are the seconds since the entry was used, confirmed and updated. BusyBox prints zeros.
 */
export function parseIpNeigh(text: string, options: { readonly hasAges: boolean }): readonly NeighbourEntry[] {
  const entries: NeighbourEntry[] = [];
  for (const line of text.split("\n", maxNeighbourEntries)) {
    const entry = entryOf(line.slice(0, 300), options.hasAges);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function entryOf(line: string, hasAges: boolean): NeighbourEntry | undefined {
  const words = line.trim().split(" ");
  const link = after(words, "dev");
  const address = parseAddress(words[0] ?? "");
  if (address === undefined || link === undefined) return undefined;
  const mac = parseMac(after(words, "lladdr") ?? "");
  const state = words.map((word) => states[word]).find((known) => known !== undefined);
  const ages = hasAges ? /^(\d{1,9})\/(\d{1,9})\/(\d{1,9})/.exec(after(words, "used") ?? "") : null;
  return {
    address: zoned(address, link),
    link,
    mac,
    state: state ?? "stale",
    isRouter: words.includes("router"),
    confirmedMsAgo: ages === null ? undefined : Number(ages[2]) * 1000,
    updatedMsAgo: ages === null ? undefined : Number(ages[3]) * 1000,
  };
}

function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}
