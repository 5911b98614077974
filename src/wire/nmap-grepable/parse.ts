import { parseAddress } from "../../core/address.ts";
import type { TimedSighting } from "../../core/imported.ts";
import { isPort } from "../../core/ports.ts";
import { nonEmpty } from "../fact.ts";
import { wholeNumberOf } from "../record-fields.ts";

/**
 * What one line of nmap's grepable output (`-oG`) means.
 * - `started`: the start of a run; its time in milliseconds since the epoch, if it can be read.
 * - `sightings`: the open TCP ports of one host.
 */
export type GrepableReading =
  | { readonly kind: "started"; readonly at?: number }
  | { readonly kind: "sightings"; readonly sightings: readonly TimedSighting[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "bad"; readonly reason: string };

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Reads one line. Never throws; linear time. */
export function readGrepableLine(line: string): GrepableReading {
  if (line.startsWith("# Nmap ") && line.includes(" scan initiated ")) return startedBy(line);
  if (line.trim() === "" || line.startsWith("#")) return { kind: "nothing" };
  const head = /^Host: (\S{1,100}) \(([^)\t]{0,255})\)/.exec(line);
  const address = parseAddress(head?.[1] ?? "");
  if (head === null || address === undefined) return { kind: "bad", reason: "not a line of nmap's grepable output" };
  const hostname = head[2] ?? "";
  const ports = line.split("\t").find((field) => field.startsWith("Ports: "));
  if (ports === undefined) return { kind: "nothing" };
  const sightings: TimedSighting[] = [];
  for (const entry of ports.slice("Ports: ".length).split(", ")) {
    // A slash in a field is written as a bar (nmap's guide, "Grepable Output").
    const [portText, state, protocol, , name = "", , product = ""] = entry.split("/");
    const port = wholeNumberOf(portText);
    if (state !== "open" || protocol !== "tcp" || port === undefined || !isPort(port)) continue;
    sightings.push({
      address,
      port,
      hostname: nonEmpty(hostname),
      service:
        name === "" && product === ""
          ? undefined
          : { name: nonEmpty(name.replace("|", "/")), product: nonEmpty(product) },
    });
  }
  return { kind: "sightings", sightings };
}

/** `# Nmap 7.93 scan initiated Sun Nov 29 00:12:12 2026 as: ...`: local time, as the C library writes it. */
function startedBy(line: string): GrepableReading {
  const match = / scan initiated \w{3} (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) as: /.exec(line.slice(0, 200));
  const month = months.indexOf(match?.[1] ?? "");
  if (match === null || month < 0) return { kind: "started" };
  const [day = 1, hour = 0, minute = 0, second = 0, year = 0] = match.slice(2).map(Number);
  const at = new Date(year, month, day, hour, minute, second).getTime();
  return Number.isNaN(at) ? { kind: "started" } : { kind: "started", at };
}
