import { parseAddress } from "../../core/address.ts";
import type { ScanRecordReading, TimedSighting } from "../../core/imported.ts";
import { isPort } from "../../core/ports.ts";
import { epochSecondsOf, isRecord, textOf, wholeNumberOf } from "../record-fields.ts";

/** Further ports of a record are ignored. */
const maxPorts = 65_535;
/** Names of banners that are not protocols. */
const notProtocols = new Set(["title", "html", "vuln", "unknown", "versioning", "heartbleed", "ticketbleed"]);

/**
 * Reads one object of masscan's `-oJ` or `-oD` output: `{"ip", "timestamp", "ports": [{"port", "proto", "status" or
 * "service"}]}`. Never throws.
 */
export function readMasscanRecord(value: unknown): ScanRecordReading {
  if (!isRecord(value)) return { kind: "bad", reason: "not an object" };
  if (value["finished"] !== undefined) return { kind: "nothing" };
  const address = parseAddress(textOf(value["ip"]) ?? "");
  if (address === undefined) return { kind: "bad", reason: "ip is not an IP address" };
  const single = value["port"] === undefined ? undefined : [value];
  const ports = Array.isArray(value["ports"]) ? value["ports"] : single;
  if (ports === undefined) return { kind: "bad", reason: "no ports" };
  const seenAt = epochSecondsOf(value["timestamp"]);
  const sightings: TimedSighting[] = [];
  for (const entry of ports.slice(0, maxPorts)) {
    if (!isRecord(entry)) return { kind: "bad", reason: "a port is not an object" };
    const port = wholeNumberOf(entry["port"]);
    if (port === undefined || !isPort(port)) return { kind: "bad", reason: "port is not a port number" };
    const data = isRecord(entry["data"]) ? entry["data"] : {};
    const status = textOf(entry["status"]) ?? textOf(data["status"]);
    if ((textOf(entry["proto"]) ?? "tcp") !== "tcp" || (status !== undefined && status !== "open")) continue;
    const service = isRecord(entry["service"]) ? protocolName(entry["service"]["name"]) : undefined;
    sightings.push({
      address,
      port,
      seenAt,
      service: service === undefined ? undefined : { name: service },
    });
  }
  return { kind: "sightings", sightings };
}

/**
 * Reads one line of masscan's `-oL` output: `open tcp 80 192.0.2.1 1700000000`, or `banner tcp 80 192.0.2.1 1700000000
 * http ...`. Never throws.
 */
export function readMasscanLine(text: string): ScanRecordReading {
  const line = text.trim();
  if (line === "" || line.startsWith("#")) return { kind: "nothing" };
  const [state, protocol, portText, addressText, time, banner] = line.slice(0, 1000).split(/\s+/, 6);
  if (state !== "open" && state !== "closed" && state !== "banner")
    return { kind: "bad", reason: "not a line of masscan's list" };
  const port = wholeNumberOf(portText);
  const address = parseAddress(addressText ?? "");
  if (port === undefined || address === undefined) return { kind: "bad", reason: "it has no port or no address" };
  if (protocol !== "tcp" || state === "closed") return { kind: "sightings", sightings: [] };
  if (!isPort(port)) return { kind: "bad", reason: `${port} is not a port number` };
  const seenAt = epochSecondsOf(time);
  const service = protocolName(banner);
  return {
    kind: "sightings",
    sightings: [
      {
        address,
        port,
        seenAt,
        service: service === undefined ? undefined : { name: service },
      },
    ],
  };
}

function protocolName(value: unknown): string | undefined {
  const name = textOf(value)?.toLowerCase();
  if (name === undefined || !/^[a-z][a-z0-9-]{0,19}$/.test(name) || notProtocols.has(name)) return undefined;
  return name;
}
