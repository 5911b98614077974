import type { Address } from "../../core/address.ts";

/** Of a discovery, or of its JSON. */
interface AboutAddresses<Text extends string> {
  readonly address?: Text | undefined;
  readonly addresses?: readonly Text[] | undefined;
  readonly device?: { readonly addresses: readonly Text[] } | undefined;
}

/** The addresses that a discovery is about; where they were not recorded, those that its device has now. */
export function addressesOf<Text extends string = Address>({
  address,
  addresses,
  device,
}: AboutAddresses<Text>): readonly Text[] {
  return address === undefined ? (addresses ?? device?.addresses ?? []) : [address];
}

/** Link-local IPv6 addresses are shown only if there are no others: they are derived from the MAC address, or random. */
export function shownAddresses<Text extends string>(addresses: readonly Text[]): readonly Text[] {
  const others = addresses.filter((address) => !address.startsWith("fe80:"));
  return others.length === 0 ? addresses : others;
}
