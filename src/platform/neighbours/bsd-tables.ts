import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { maxNeighbourEntries, type NeighbourEntry, type NeighbourState } from "./neighbour-entry.ts";
import { zoned } from "./zoned.ts";

/**
 * Parses the output of `arp -an` on macOS and the BSDs, one entry per line:
 * `? (192.168.1.1) at b8:27:eb:0:0:1 on en0 ifscope [ethernet]`, or `(incomplete)` in place of the MAC address. OpenBSD
 * has columns instead: `192.168.1.1 b8:27:eb:00:00:01 em0 19m58s`.
 */
export function parseArpAn(text: string): readonly NeighbourEntry[] {
  return text.split("\n", maxNeighbourEntries).flatMap((line): NeighbourEntry[] => {
    const words = line.slice(0, 300).trim().split(/\s+/);
    const isTable = parseAddress(words[0] ?? "") !== undefined;
    const address = parseAddress(isTable ? (words[0] ?? "") : (words[1] ?? "").replace(/^\(|\)$/g, ""));
    if (address === undefined) return [];
    const link = (isTable ? words[2] : words[words.indexOf("on") + 1]) ?? "";
    const mac = parseMac((isTable ? words[1] : words[words.indexOf("at") + 1]) ?? "");
    const isRouter = false;
    if (mac === undefined) return [{ address, link, state: "probing", isRouter }];
    // NetBSD and macOS print `permanent`, OpenBSD prints `permanent` or the letter `l` for its own addresses.
    return [{ address, link, mac, state: words.includes("permanent") ? "static" : "listed", isRouter }];
  });
}

const discoveryStates: Readonly<Record<string, NeighbourState>> = {
  R: "reachable",
  S: "stale",
  D: "probing",
  P: "probing",
  I: "probing",
  N: "probing",
};

/**
 * Parses the output of `ndp -an` on macOS and the BSDs: neighbour, MAC address, interface, expiry, state, flags:
 * `fe80::1%en0   b8:27:eb:0:0:1   en0   23h59m58s S R`.
 */
export function parseNdpAn(text: string): readonly NeighbourEntry[] {
  return text.split("\n", maxNeighbourEntries).flatMap((line): NeighbourEntry[] => {
    const [first = "", second = "", link = "", expires = "", state = "", flags = ""] = line
      .slice(0, 300)
      .trim()
      .split(/\s+/);
    const address = parseAddress(first);
    if (address === undefined || !address.includes(":") || link === "") return [];
    const mac = parseMac(second);
    const common = { address: zoned(address, link), link, isRouter: flags.includes("R") };
    if (expires === "permanent") return [{ ...common, mac, state: "static" }];
    if (mac === undefined) return [{ ...common, state: "probing" }];
    return [{ ...common, mac, state: discoveryStates[state] ?? "listed" }];
  });
}
