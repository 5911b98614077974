import { type Address, parseAddress } from "../../core/address.ts";

const linkLocal = /^fe[89ab][0-9a-f]:/;

function isLinkLocal6(address: Address): boolean {
  return linkLocal.test(address);
}

/** A link-local IPv6 address with its zone; any other address without one. */
export function zoned(address: Address, link: string): Address {
  const plain = address.split("%", 1)[0] ?? address;
  if (!isLinkLocal6(address) || link === "") return parseAddress(plain) ?? address;
  return parseAddress(`${plain}%${link}`) ?? address;
}
