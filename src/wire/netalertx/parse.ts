import { parseAddress } from "../../core/address.ts";
import { type DeviceName, isUnicastMac, type NameSource, parseMac } from "../../core/device.ts";
import type { DeviceReading } from "../../core/imported.ts";
import { localTimeOf, textOf } from "../record-fields.ts";

/** A row of a table, by column name as written. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The columns that are read: the name in NetAlertX, then the older name there and in Pi.Alert (`devMac` was `dev_MAC`).
 */
export const netalertxColumns = {
  mac: ["devMac", "dev_MAC"],
  name: ["devName", "dev_Name"],
  nameSource: ["devNameSource"],
  vendor: ["devVendor", "dev_Vendor"],
  first: ["devFirstConnection", "dev_FirstConnection"],
  last: ["devLastConnection", "dev_LastConnection"],
  lastIp: ["devLastIP", "dev_LastIP"],
  ipv4: ["devPrimaryIPv4"],
  ipv6: ["devPrimaryIPv6"],
  isNew: ["devIsNew", "dev_NewDevice"],
} as const;

/** Sources of device names in NetAlertX. A name from another source was given by the owner. */
const sources: Readonly<Record<string, NameSource>> = {
  nslookup: "dns",
  digscan: "dns",
  dns: "dns",
  avahiscan: "mdns",
  nbtscan: "netbios",
  dhcplss: "dhcp",
  pihole: "dhcp",
};

const placeholders = new Set(["(unknown)", "(name not found)", "unknown", "null", "none", "internet"]);

/** Whether this is the first line of an export of devices. */
export function hasDeviceColumns(line: string): boolean {
  return /^["']?[\w"';,\t -]{0,2000}\bdev_?mac\b/i.test(line.slice(0, 4000)) && /[,;\t]/.test(line);
}

/**
 * Reads one row of the table `Devices`, from the database or from `devices.csv`.
 * Times without an offset are local ones of this machine. Never throws.
 */
export function readNetalertxDevice(row: Row): DeviceReading {
  const cell = (column: keyof typeof netalertxColumns) =>
    netalertxColumns[column].map((name) => row[name]).find((value) => value !== undefined && value !== null);
  const macText = textOf(cell("mac")) ?? "";
  // NetAlertX has a row for the internet connection.
  if (macText.toLowerCase() === "internet") return { kind: "nothing" };
  const mac = parseMac(macText);
  if (mac === undefined || !isUnicastMac(mac))
    return { kind: "bad", reason: `${column(cell("mac"))} is not a MAC address` };
  const last = localTimeOf(cell("last"));
  const first = localTimeOf(cell("first")) ?? last;
  if (first === undefined) return { kind: "bad", reason: `${mac} has no time that can be read` };
  const lastSeen = Math.max(last ?? first, first);
  const addresses = [cell("lastIp"), cell("ipv4"), cell("ipv6")].flatMap(
    (text) => parseAddress(textOf(text) ?? "") ?? [],
  );
  const name = known(cell("name"));
  const source = sources[(textOf(cell("nameSource")) ?? "").toLowerCase()];
  const names: readonly DeviceName[] = name === undefined || source === undefined ? [] : [{ name, source }];
  const vendor = known(cell("vendor"));
  const isNew = String(cell("isNew") ?? "1").trim();
  return {
    kind: "device",
    device: {
      mac,
      firstSeen: first,
      lastSeen,
      names,
      name: name === undefined || source !== undefined ? undefined : name,
      vendor,
      approved: isNew === "0" || isNew.toLowerCase() === "false",
      // The table does not contain since when a device has its address.
      addresses: [...new Set(addresses)].map((address) => ({ address, firstSeen: lastSeen, lastSeen })),
    },
  };
}

function known(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || placeholders.has(text.toLowerCase()) ? undefined : text;
}

function column(value: unknown): string {
  return JSON.stringify(textOf(value)?.slice(0, 40) ?? "");
}
