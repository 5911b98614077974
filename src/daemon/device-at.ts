import type { Address } from "../core/address.ts";
import type { PeerDevice } from "../core/device.ts";
import type { DeviceStore } from "../core/device-store.ts";

/** The device that has `address` now, in the form that alerts use. Rejects if the store does. */
export async function deviceAt(devices: Pick<DeviceStore, "list">, address: Address): Promise<PeerDevice | undefined> {
  const [device] = (await devices.list({ address, limit: 1 })).rows;
  // A device that had the address earlier is not the peer.
  if (device?.addresses.some((each) => each.address === address && each.isCurrent) !== true) return undefined;
  const name = device.name ?? device.names[0]?.name;
  return { mac: device.mac, name, vendor: device.vendor };
}
