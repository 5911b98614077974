import { parseAddress } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import { maxNeighbourEntries, type NeighbourEntry } from "./neighbour-entry.ts";

const complete = 0x2;
const permanent = 0x4;

/**
 * Parses `/proc/net/arp` of Linux: IPv4 only, without ages. Columns: address, hardware type, flags, MAC address, mask,
 * interface.
 */
export function parseProcArp(text: string): readonly NeighbourEntry[] {
  return text.split("\n", maxNeighbourEntries).flatMap((line): NeighbourEntry[] => {
    const [first = "", , flagText = "", macText = "", , link = ""] = line.slice(0, 200).trim().split(/\s+/);
    const address = parseAddress(first);
    if (address === undefined || !/^0x[0-9a-f]{1,4}$/i.test(flagText) || link === "") return [];
    const flags = Number(flagText);
    if ((flags & permanent) !== 0) return [{ address, link, state: "static", isRouter: false }];
    const mac = (flags & complete) === 0 ? undefined : parseMac(macText);
    if (mac === undefined) return [{ address, link, state: "probing", isRouter: false }];
    return [{ address, link, mac, state: "listed", isRouter: false }];
  });
}
