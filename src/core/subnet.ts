import type { Address } from "./address.ts";

/**
 * The usual subnet of an address: the /24 of an IPv4 address, the /64 of an IPv6 address, with its zone where it has one
 * (`fe80::%eth0/64`). By text alone, so that pages need no library for addresses.
 */
export function subnetOf(address: Address): string {
  if (!address.includes(":")) return `${address.slice(0, address.lastIndexOf("."))}.0/24`;
  const percent = address.indexOf("%");
  const plain = percent < 0 ? address : address.slice(0, percent);
  const zone = percent < 0 ? "" : address.slice(percent);
  const [before = "", after] = plain.split("::");
  const groups = before === "" ? [] : before.split(":");
  if (after !== undefined) {
    const behind = after === "" ? [] : after.split(":");
    while (groups.length + behind.length < 8) groups.push("0");
    groups.push(...behind);
  }
  const prefix = groups.slice(0, 4);
  while (prefix.at(-1) === "0") prefix.pop();
  return `${prefix.join(":")}::${zone}/64`;
}
