import type { Address } from "../core/address.ts";
import type { PeerDevice } from "../core/device.ts";
import { type DeviceStore, deviceAt } from "../core/device-store.ts";

/** The device that has `address` now, in the form that alerts use. Rejects if the store does. */
export async function peerDeviceAt(
  devices: Pick<DeviceStore, "list">,
  address: Address,
): Promise<PeerDevice | undefined> {
  const device = await deviceAt(devices, address);
  if (device === undefined) return undefined;
  const name = device.name ?? device.names[0]?.name;
  return { mac: device.mac, name, vendor: device.vendor };
}
