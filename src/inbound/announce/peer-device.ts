/** Text about a peer that is a known device, safe to show. */
import type { Address } from "../../core/address.ts";
import type { PeerDevice } from "../../core/device.ts";
import { known } from "../../present/alerts/place-text.ts";

/**
 * `Anna's phone (192.168.50.66)`, `192.168.50.66 (Apple)`: with the name that the owner gave it, or else the vendor.
 */
export function deviceAndAddress({ name, vendor, mac }: PeerDevice, address: Address): string {
  const called = known(name, 80);
  return called === undefined ? `${address} (${known(vendor, 80) ?? mac})` : `${called} (${address})`;
}

/** `Anna's phone, Apple, MAC a6:5e:60:12:34:56`. */
export function deviceText({ name, vendor, mac }: PeerDevice): string {
  return [known(name, 80), known(vendor, 80), `MAC ${mac}`].filter((part) => part !== undefined).join(", ");
}
