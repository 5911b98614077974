/** Text about a peer that is a known device, safe to show. */
import type { Address } from "../../core/address.ts";
import type { PeerDevice } from "../../core/device.ts";
import { known } from "../../present/alerts/place-text.ts";
import { numberOfDevices } from "../../present/devices/device-words.ts";

/** MAC addresses that are named at most. */
const maxNamed = 3;

/**
 * `Anna's phone (192.168.50.66)`, `192.168.50.66 (Apple)`: with the name that the owner gave it, or else the vendor;
 * `192.168.50.66 (used by two devices: a6:5e:60:12:34:56, 00:11:32:00:00:10)`. `undefined` without a device.
 */
export function devicesAndAddress(devices: readonly PeerDevice[], address: Address): string | undefined {
  const [device, ...others] = devices;
  if (device === undefined) return undefined;
  if (others.length > 0)
    return `${address} (used by ${numberOfDevices(devices)}: ${listed(devices, ({ mac }) => mac, ", ")})`;
  const called = known(device.name, 80);
  return called === undefined ? `${address} (${known(device.vendor, 80) ?? device.mac})` : `${called} (${address})`;
}

/** `Anna's phone, Apple, MAC a6:5e:60:12:34:56`; of several devices all: any of them can be the peer. */
export function devicesText(devices: readonly PeerDevice[]): string | undefined {
  if (devices.length === 0) return undefined;
  if (devices.length === 1) return listed(devices, deviceText, "");
  return `one of ${numberOfDevices(devices)} that use this address: ${listed(devices, deviceText, "; ")}`;
}

function deviceText({ name, vendor, mac }: PeerDevice): string {
  return [known(name, 80), known(vendor, 80), `MAC ${mac}`].filter((part) => part !== undefined).join(", ");
}

function listed(devices: readonly PeerDevice[], textOf: (device: PeerDevice) => string, separator: string): string {
  const left = devices.length - maxNamed;
  return `${devices.slice(0, maxNamed).map(textOf).join(separator)}${left > 0 ? ` and ${left} more` : ""}`;
}
