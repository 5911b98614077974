import { type Address, parseAddress } from "../../src/core/address.ts";

export function anAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}
