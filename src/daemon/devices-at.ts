import type { Address } from "../core/address.ts";
import type { PeerDevice } from "../core/device.ts";
import { type DeviceStore, devicesAt } from "../core/device-store.ts";

/** The devices that have `address` now, in the form that alerts use. Rejects if the store does. */
export async function peerDevicesAt(
  devices: Pick<DeviceStore, "list">,
  address: Address,
): Promise<readonly PeerDevice[]> {
  const found = await devicesAt(devices, address);
  return found.map(({ mac, name, names, vendor }) => ({ mac, name: name ?? names[0]?.name, vendor }));
}
