import { type Address, parseAddress } from "../core/address.ts";
import { HarbingerError } from "../core/errors.ts";

/** An IP address given on the command line. */
export function parseAddressArgument(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new HarbingerError("usage", `not an IP address: ${text}`);
  return address;
}
