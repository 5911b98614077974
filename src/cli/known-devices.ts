import { distance } from "fastest-levenshtein";
import { type Address, compareAddresses, parseAddress } from "../core/address.ts";
import { type DeviceRecord, type Mac, parseMac } from "../core/device.ts";
import { devicesAt } from "../core/device-store.ts";
import { HarbingerError } from "../core/errors.ts";
import { describeDevice } from "../core/known-device.ts";
import { pagesOf } from "../core/page.ts";
import { safeText } from "../core/safe-text.ts";
import type { Store } from "../core/store.ts";
import { describe, numberOfDevices, shownName } from "../present/devices/device-words.ts";

const pageSize = 1000;

/** All known devices, in order of their addresses; those without one last. */
export async function knownDevices(store: Store): Promise<DeviceRecord[]> {
  const pages = await Array.fromAsync(pagesOf((after) => store.devices.list({ limit: pageSize, after })));
  return pages.flat().sort(byAddress);
}

function byAddress(a: DeviceRecord, b: DeviceRecord): number {
  const [one, other] = [a.addresses[0]?.address, b.addresses[0]?.address];
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return compareAddresses(one, other);
}

export type FoundDevice =
  | { readonly kind: "device"; readonly device: DeviceRecord }
  | { readonly kind: "unknown"; readonly message: string };

/**
 * The device that `text` means: its MAC address in any form, or a current address that no other device has.
 * @throws HarbingerError `usage` if it is neither
 */
export async function findDevice(store: Store, text: string): Promise<FoundDevice> {
  const mac = parseMac(text);
  if (mac !== undefined) return await byMac(store, mac);
  const address = parseAddress(text);
  if (address === undefined) {
    throw new HarbingerError("usage", `not a MAC address or IP address: ${text}`, {
      remedy: "harbinger devices lists them.",
    });
  }
  const [device, ...others] = await devicesAt(store.devices, address);
  if (device !== undefined && others.length === 0) return { kind: "device", device };
  if (device !== undefined) return { kind: "unknown", message: severalAt(address, [device, ...others]) };
  return { kind: "unknown", message: `no known device has the address ${address} now` };
}

/** Devices that are named at most. */
const maxNamed = 5;

/** Any of them can be meant: to name or approve the wrong one would hide an intruder. */
function severalAt(address: Address, devices: readonly DeviceRecord[]): string {
  const named = devices.slice(0, maxNamed).map((device) => {
    const { mac, vendor } = device;
    return safeText(describeDevice({ mac, name: shownName(device), vendor }), { limit: 200 });
  });
  const left = devices.length - named.length;
  const all = `${named.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
  return `${address} is used by ${numberOfDevices(devices)} now: ${all}; give the MAC address of the one you mean`;
}

async function byMac(store: Store, mac: Mac): Promise<FoundDevice> {
  const [device] = (await store.devices.list({ mac, limit: 1 })).rows;
  if (device !== undefined) return { kind: "device", device };
  const near = nearest(mac, await knownDevices(store));
  const hint = near === undefined ? "" : `; did you mean ${describe(near)}?`;
  return { kind: "unknown", message: `there is no device ${mac}${hint}` };
}

/** A mistyped address usually differs in one or two octets. */
const maxDistance = 4;

function nearest(mac: Mac, devices: readonly DeviceRecord[]): DeviceRecord | undefined {
  let best: { readonly device: DeviceRecord; readonly distanceTo: number } | undefined;
  for (const device of devices) {
    const distanceTo = distance(mac, device.mac);
    if (distanceTo <= maxDistance && distanceTo < (best?.distanceTo ?? Number.POSITIVE_INFINITY))
      best = { device, distanceTo };
  }
  return best?.device;
}
