import { type Address, parseAddress } from "../../core/address.ts";

const mappedPrefix = "::ffff:";

/**
 * Parses the address of a socket. An IPv4 client of an IPv6 socket becomes IPv4. Same result as {@link parseAddress},
 * with a fast path for IPv4, which most connections take.
 */
export function socketAddress(text: string): Address | undefined {
  const from = text.startsWith(mappedPrefix) ? mappedPrefix.length : 0;
  if (!isDottedDecimal(text, from)) return parseAddress(text);
  // Already canonical.
  return (from === 0 ? text : text.slice(from)) as Address;
}

/** Whether the text from `from` on is a canonical IPv4 address: four numbers without leading zeros. */
function isDottedDecimal(text: string, from: number): boolean {
  let octet = -1;
  let dots = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0) return false;
      octet = -1;
      dots += 1;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || octet === 0) return false;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return false;
    }
  }
  return dots === 3 && octet >= 0;
}

/**
 * The key under which the connections of an address are counted: itself for IPv4; its /64 for IPv6, because one host
 * can use all addresses of it.
 */
export function countedKeyOf(address: Address): string {
  return address.includes(":") ? `${firstGroups(address, 4)}::/64` : address;
}

/** The network under which rejected connections are reported: the IPv4 /24, the IPv6 /64. */
export function reportedNetworkOf(address: Address): string {
  return address.includes(":") ? countedKeyOf(address) : `${address.slice(0, address.lastIndexOf("."))}.0/24`;
}

function firstGroups(address: Address, count: number): string {
  const gap = address.indexOf("::");
  if (gap < 0) return address.split(":", count).join(":");
  const head = gap === 0 ? [] : address.slice(0, gap).split(":");
  const tail = address.slice(gap + 2).split(":");
  while (head.length < count && head.length + tail.length < 8) head.push("0");
  return [...head, ...tail].slice(0, count).join(":");
}
