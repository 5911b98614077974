import { line, listWithin, shortText } from "../text/short-text.ts";
import { shownAddresses } from "./discovery-addresses.ts";

const nameLimit = 60;
const listLimit = 100;

/** Of a device, or of its JSON. */
interface MovedDevice {
  readonly mac: string;
  readonly name?: string | undefined;
  readonly vendor?: string | undefined;
  readonly addresses: readonly string[];
}

/** Why a host is gone: `the device nas (MAC 00:11:32:00:50:10) has 192.168.77.31 now`. */
export function movedWords({ mac, name, vendor, addresses }: MovedDevice): string {
  const known = name ?? vendor;
  const device =
    known === undefined ? `with the MAC address ${line(mac)}` : `${shortText(known, nameLimit)} (MAC ${line(mac)})`;
  return `the device ${device} has ${listWithin(shownAddresses(addresses), listLimit)} now`;
}
