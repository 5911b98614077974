import type { Address } from "../../core/address.ts";
import { type DeviceRecord, isRandomised } from "../../core/device.ts";
import { safeText } from "../../core/safe-text.ts";
import { formatTime } from "../text/time-text.ts";
import { currentAddresses, numberOfDevices } from "./device-words.ts";

/** How many earlier addresses are listed. */
const formerShown = 5;

/** Above what is known of an address that several devices have: red on a terminal. */
export function sharedHead(
  address: Address,
  devices: readonly DeviceRecord[],
  { colour }: { readonly colour: boolean },
): string {
  const head = `${address} is used by ${numberOfDevices(devices)} now: ${devices.map(({ mac }) => mac).join(", ")}`;
  return colour ? `\u001b[1;31m${head}\u001b[0m` : head;
}

/** The details of one device. */
export function deviceDetails(device: DeviceRecord): string {
  const { mac, name, names, vendor, approved, addresses, firstSeen, lastSeen, state } = device;
  const own = name === undefined ? "no name of your own" : `named ${safeText(name)}`;
  const randomised = isRandomised(mac) ? "a randomised MAC address" : undefined;
  const called = names.map((each) => `${safeText(each.name)} (${each.source})`).join(", ");
  const current = currentAddresses(device).join(", ");
  const former = addresses
    .filter(({ isCurrent }) => !isCurrent)
    .slice(0, formerShown)
    .map((each) => `${each.address} until ${formatTime(each.lastSeen)}`);
  return [
    `Device ${mac}`,
    `  ${own}; ${approved ? "approved" : "not approved"}`,
    ...(called === "" ? [] : [`  called ${called}`]),
    `  vendor: ${vendor === undefined ? (randomised ?? "unknown") : safeText(vendor)}`,
    ...(current === "" ? [] : [`  addresses: ${current}`]),
    ...(former.length === 0 ? [] : [`  before: ${former.join(", ")}`]),
    `  first seen ${formatTime(firstSeen)}, last seen ${formatTime(lastSeen)}${state === "present" ? "" : `; ${state}`}`,
  ].join("\n");
}
