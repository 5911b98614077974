import { type Address, ipv4FromNumber, parseAddress } from "../../core/address.ts";

const mappedPrefix = "::ffff:";

/**
 * The address of a socket as the operating system writes it. An IPv4 client of an IPv6 socket comes out as IPv4. It is
 * {@link parseAddress}, with a short way for IPv4, which nearly every connection takes.
 */
export function socketAddress(text: string): Address | undefined {
  const from = text.startsWith(mappedPrefix) ? mappedPrefix.length : 0;
  const value = dottedValue(text, from);
  return value < 0 ? parseAddress(text) : ipv4FromNumber(value);
}

/** The value of the dotted decimal that begins at `from` and ends with the text; -1 where there is none. */
function dottedValue(text: string, from: number): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      const digit = code - 48;
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

/** Whose an address counts as: itself for IPv4; its /64 for IPv6, where one host has all of that at its disposal. */
export function holderOf(address: Address): string {
  return address.includes(":") ? `${firstGroups(address, 4)}::/64` : address;
}

/** The network an address stands in when many are counted together: the IPv4 /24, the IPv6 /64. */
export function neighbourhoodOf(address: Address): string {
  return address.includes(":") ? holderOf(address) : `${address.slice(0, address.lastIndexOf("."))}.0/24`;
}

function firstGroups(address: Address, count: number): string {
  const gap = address.indexOf("::");
  if (gap < 0) return address.split(":", count).join(":");
  const head = gap === 0 ? [] : address.slice(0, gap).split(":");
  const tail = address.slice(gap + 2).split(":");
  while (head.length < count && head.length + tail.length < 8) head.push("0");
  return [...head, ...tail].slice(0, count).join(":");
}
