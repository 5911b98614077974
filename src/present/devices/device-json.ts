import { type DeviceRecord, isRandomised } from "../../core/device.ts";
import { isoTime } from "../text/iso-time.ts";
import type { DeviceJson } from "./device-schema.ts";

/** One line of `harbinger devices --json`. */
export function deviceJson(device: DeviceRecord): DeviceJson {
  const { mac, vendor, names, name, approved, addresses, firstSeen, lastSeen, state } = device;
  return {
    mac,
    vendor: vendor ?? null,
    randomised: isRandomised(mac),
    names: [...new Set(names.map((each) => each.name))],
    name: name ?? null,
    approved,
    addresses: addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address),
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    present: state !== "gone" && state !== "inherited",
  };
}

/** The device, where it is certain which one is meant, else all that can be meant. */
export function deviceOrDevices(devices: readonly DeviceRecord[]): {
  readonly device?: DeviceJson;
  readonly devices?: readonly DeviceJson[];
} {
  const [device, ...others] = devices;
  if (device === undefined) return {};
  return others.length === 0 ? { device: deviceJson(device) } : { devices: devices.map(deviceJson) };
}
