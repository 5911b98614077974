import type { Address } from "../../core/address.ts";
import type { DeviceRecord } from "../../core/device.ts";

/** The addresses that it has now; of a device that is gone, those that it had last. */
export function currentAddresses(device: DeviceRecord): Address[] {
  return device.addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address);
}

/** The owner's name, else the best of the others. */
export function shownName(device: DeviceRecord): string | undefined {
  return device.name ?? device.names[0]?.name;
}

/** `52:54:00:00:00:01 (nas)` */
export function describe(device: DeviceRecord): string {
  const name = shownName(device) ?? currentAddresses(device)[0];
  return name === undefined ? device.mac : `${device.mac} (${name})`;
}

/** `two devices`, `3 devices`: those that use one address. */
export function numberOfDevices({ length }: readonly unknown[]): string {
  return length === 2 ? "two devices" : `${length} devices`;
}
