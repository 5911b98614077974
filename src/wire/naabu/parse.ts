import { parseAddress } from "../../core/address.ts";
import type { ScanRecordReading } from "../../core/imported.ts";
import { isPort } from "../../core/ports.ts";
import { instantOf, isRecord, textOf, wholeNumberOf } from "../record-fields.ts";

/**
 * Reads one line of naabu's `-json` output: `{"host", "ip", "port", "protocol", "tls", "timestamp"}`. Older versions
 * write `"port": {"Port", "Protocol"}`, where protocol 0 is TCP. Never throws.
 */
export function readNaabuRecord(value: unknown): ScanRecordReading {
  if (!isRecord(value)) return { kind: "bad", reason: "not an object" };
  const host = textOf(value["host"]);
  const address = parseAddress(textOf(value["ip"]) ?? host ?? "");
  if (address === undefined) return { kind: "bad", reason: "ip is not an IP address" };
  const nested = isRecord(value["port"]) ? value["port"] : undefined;
  const port = wholeNumberOf(nested === undefined ? value["port"] : (nested["Port"] ?? nested["port"]));
  if (port === undefined || !isPort(port)) return { kind: "bad", reason: "port is not a port number" };
  const protocol = nested === undefined ? value["protocol"] : (nested["Protocol"] ?? nested["protocol"]);
  const isTcp = protocol === undefined || protocol === 0 || textOf(protocol)?.toLowerCase() === "tcp";
  if (!isTcp) return { kind: "sightings", sightings: [] };
  const seenAt = instantOf(value["timestamp"]);
  const hasName = host !== undefined && parseAddress(host) === undefined;
  return {
    kind: "sightings",
    sightings: [{ address, port, hostname: hasName ? host : undefined, seenAt }],
  };
}
