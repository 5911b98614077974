import { parseAddress } from "../../core/address.ts";
import type { ScanRecordReading } from "../../core/imported.ts";
import { isPort } from "../../core/ports.ts";
import { instantOf, isRecord, textOf, wholeNumberOf } from "../record-fields.ts";

/**
 * Reads one line of `harbinger scan --json` (`{"address", "port", "state", "hostname"?, "service"?}`) or of `harbinger hosts
 * --json`, which has times and no state. Never throws.
 */
export function readScanRecord(value: unknown): ScanRecordReading {
  if (!isRecord(value)) return { kind: "bad", reason: "not an object" };
  const address = parseAddress(textOf(value["address"]) ?? "");
  if (address === undefined) return { kind: "bad", reason: "address is not an IP address" };
  const port = wholeNumberOf(value["port"]);
  if (port === undefined || port > 65_535) return { kind: "bad", reason: "port is not a port number" };
  const state = textOf(value["state"]) ?? "open";
  // Port 0 means a host on which every port answers.
  if (!isPort(port) || state !== "open") return { kind: "sightings", sightings: [] };
  const hostname = textOf(value["hostname"]);
  const seenAt = instantOf(value["lastSeen"]) ?? instantOf(value["time"]);
  const service = serviceOf(isRecord(value["service"]) ? value["service"] : value);
  const mac = textOf(value["mac"]);
  const vendor = textOf(value["vendor"]);
  return {
    kind: "sightings",
    sightings: [
      {
        address,
        port,
        hostname,
        mac,
        vendor,
        service,
        seenAt,
      },
    ],
  };
}

function serviceOf(record: Readonly<Record<string, unknown>>) {
  const name = textOf(record["name"]) ?? textOf(record["service"]);
  const product = textOf(record["product"]);
  const version = textOf(record["version"]);
  if (name === undefined && product === undefined) return undefined;
  return {
    name,
    product,
    version: product === undefined || version === undefined ? undefined : version,
  };
}
