import { parseAddress } from "../../core/address.ts";
import { isUnicastMac, parseMac } from "../../core/device.ts";
import type { DeviceReading } from "../../core/imported.ts";
import { localTimeOf, textOf, wholeNumberOf } from "../record-fields.ts";

/** The columns to read from the tables `now` and `history`. The JSON has the same names, in any letter case. */
export const watchyourlanColumns = ["MAC", "NAME", "DNS", "IP", "HW", "DATE", "KNOWN"] as const;

/**
 * Reads one host of WatchYourLAN: a row of its tables, or an object of `/api/all` and `/api/history`. The date is when the host
 * was last seen, in local time of this machine. Never throws.
 */
export function readWatchyourlanHost(value: Readonly<Record<string, unknown>>): DeviceReading {
  const cells = new Map(Object.entries(value).map(([name, each]) => [name.toUpperCase(), each]));
  const text = (name: (typeof watchyourlanColumns)[number]) => textOf(cells.get(name));
  const mac = parseMac(text("MAC") ?? "");
  if (mac === undefined || !isUnicastMac(mac)) {
    return { kind: "bad", reason: `${JSON.stringify((text("MAC") ?? "").slice(0, 40))} is not a MAC address` };
  }
  const seen = localTimeOf(text("DATE"));
  if (seen === undefined) return { kind: "bad", reason: `${mac} has no time that can be read` };
  const times = { firstSeen: seen, lastSeen: seen };
  const address = parseAddress(text("IP") ?? "");
  const name = text("NAME");
  const dns = text("DNS");
  const vendor = text("HW");
  const known = cells.get("KNOWN");
  return {
    kind: "device",
    device: {
      mac,
      ...times,
      name,
      names: dns === undefined ? [] : [{ name: dns.replace(/\.$/, ""), source: "dns" }],
      vendor: vendor === undefined || vendor.toLowerCase() === "unknown" ? undefined : vendor,
      approved: known === true || wholeNumberOf(known) === 1 || textOf(known)?.toLowerCase() === "true",
      addresses: address === undefined ? [] : [{ address, ...times }],
    },
  };
}
