import { type Address, parseAddress } from "../core/address.ts";
import { HarbingerError } from "../core/errors.ts";
import { pagesOf } from "../core/page.ts";
import { safeText } from "../core/safe-text.ts";
import type { Store } from "../core/store.ts";
import { currentAddresses } from "../present/devices/device-words.ts";
import { knownDevices } from "./known-devices.ts";

const pageSize = 1000;
const maxHosts = 100_000;
const addressesNamed = 5;

/**
 * The address that `text` means: itself, or that of a known device or host with this name, with or
 * without its domain. For a device with several addresses, the first one with known services.
 * @throws HarbingerError `usage` if no host has the name, or several have it
 */
export async function addressOf(store: Store, text: string): Promise<Address> {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  const hosts = [...(await devicesCalled(store, text)), ...(await hostsCalled(store, text))];
  const [first = [], ...others] = hosts;
  const [nearest] = first;
  if (nearest === undefined) {
    throw new HarbingerError("usage", `not an IP address or the name of a known device or host: ${safeText(text)}`, {
      remedy: "harbinger hosts and harbinger devices list them.",
    });
  }
  const strangers = others.flat().filter((other) => !first.includes(other));
  if (strangers.length > 0) {
    const named = [...new Set([nearest, ...strangers])].slice(0, addressesNamed).join(", ");
    throw new HarbingerError("usage", `several hosts are called ${safeText(text)}: ${named}`, {
      remedy: "Give one of the addresses.",
    });
  }
  for (const each of first) {
    if ((await store.services.list({ address: each, limit: 1 })).rows.length > 0) return each;
  }
  return nearest;
}

/** The current addresses of each device. */
async function devicesCalled(store: Store, text: string): Promise<(readonly Address[])[]> {
  const devices = await knownDevices(store);
  return devices
    .filter(({ name, names }) => [name, ...names.map((each) => each.name)].some((known) => isCalled(known, text)))
    .map(currentAddresses)
    .filter((addresses) => addresses.length > 0);
}

async function hostsCalled(store: Store, text: string): Promise<(readonly Address[])[]> {
  const addresses: Address[] = [];
  let read = 0;
  for await (const page of pagesOf((after) => store.services.hosts({ limit: pageSize, after }))) {
    for (const { address, hostnames } of page) {
      if (hostnames.some((hostname) => isCalled(hostname, text))) addresses.push(address);
    }
    read += page.length;
    if (read >= maxHosts) break;
  }
  return addresses.map((address) => [address]);
}

/** `nas` also matches `nas.example.org`. */
function isCalled(known: string | undefined, text: string): boolean {
  if (known === undefined) return false;
  const [name, wanted] = [known, text].map((each) => each.toLowerCase().replace(/\.$/, ""));
  return name === wanted || (wanted !== "" && name?.startsWith(`${wanted}.`) === true);
}
