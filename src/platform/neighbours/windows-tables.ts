import { type Address, familyOf, parseAddress } from "../../core/address.ts";
import { isUnicastMac, parseMac } from "../../core/device.ts";
import { maxNeighbourEntries, type NeighbourEntry } from "./neighbour-entry.ts";
import { zoned } from "./zoned.ts";

/**
 * Parses the output of `arp -a` and `netsh interface ipv6 show neighbors` on Windows. The words depend on the language and
 * the bytes on the code page, so only the form counts: a line with an address and a MAC address with hyphens is an entry. A
 * line of `arp -a` with an address and a number `0x..` names the interface of the entries below it:
 *
 *     Interface: 192.168.1.10 --- 0xb
 *       Internet Address      Physical Address      Type
 *       192.168.1.1           b8-27-eb-00-00-01     dynamic
 *
 * `netsh` starts each block with the index of the interface (`Interface 11: Ethernet`), which is the zone on Windows.
 */
export function parseWindowsTable(text: string): readonly NeighbourEntry[] {
  const entries: NeighbourEntry[] = [];
  let link = "";
  for (const line of text.split("\n", maxNeighbourEntries)) {
    const words = line.slice(0, 300).trim().split(/\s+/);
    const heading = interfaceOf(words);
    if (heading !== undefined) link = heading;
    else {
      const entry = entryOf(words, link);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return entries;
}

function interfaceOf(words: readonly string[]): string | undefined {
  const last = words.at(-1) ?? "";
  if (/^0x[0-9a-f]{1,8}$/i.test(last) && words.some((word) => parseAddress(word) !== undefined))
    return String(Number(last));
  return words.find((word) => /^\d{1,9}:$/.test(word))?.slice(0, -1);
}

function entryOf(words: readonly string[], link: string): NeighbourEntry | undefined {
  const address = parseAddress(words[0] ?? "");
  const mac = parseMac(words[1]?.includes("-") === true ? words[1] : "");
  if (address === undefined || mac === undefined || !isUnicastMac(mac) || isMulticast(address)) return undefined;
  // IPv4 entries are listed under an interface index that Node does not provide, so their network identifies the interface.
  return {
    address: zoned(address, link),
    link: familyOf(address) === 4 ? "" : link,
    mac,
    state: "listed",
    isRouter: false,
  };
}

function isMulticast(address: Address): boolean {
  return address.startsWith("ff") || /^(?:22[4-9]|23\d|255)\./.test(address);
}
