/** What a run found, in words for people at a terminal. Safe to print. */
import { type Address, compareAddresses } from "../core/address.ts";
import type { Discovery, DiscoveryKind } from "../core/discovery.ts";
import { everyPort, formatPorts, type Port } from "../core/ports.ts";
import { safeText } from "../core/safe-text.ts";
import { plural } from "./output.ts";

/** What is said of the ports of one host, by what became of them. */
const portWords: Readonly<Partial<Record<DiscoveryKind, string>>> = {
  new: "opened",
  returned: "is open again",
  gone: "closed",
  flapping: "comes and goes",
};

const otherWords: Readonly<Partial<Record<DiscoveryKind, string>>> = {
  changed: "changed",
  exposed: "anybody may use it",
  "certificate-new": "certificate for the first time",
  "certificate-changed": "another certificate",
  "certificate-expiring": "certificate ends soon",
  "certificate-expired": "certificate has ended",
  "device-new": "new device",
  "device-gone": "device is gone",
  "device-returned": "device is back",
  "device-address-changed": "device has another address",
  "address-moved": "another device has this address",
  "scan-failed": "could not look",
};

/** `3 new hosts, 1 port opened on lan`; `nothing new on lan` where there is nothing. */
export function findingsHeading(watch: string, found: readonly Discovery[]): string {
  const hosts = new Set(found.filter(isOfNewHost).map(({ address }) => address)).size;
  const parts = [
    counted(hosts, "new host"),
    counted(found.filter((one) => one.kind === "new" && !isOfNewHost(one)).length, "port", "opened"),
    counted(found.filter(({ kind }) => kind === "returned").length, "port", "open again"),
    counted(found.filter(({ kind }) => kind === "gone").length, "port", "closed"),
    counted(found.filter(({ kind }) => kind === "device-new").length, "new device"),
    counted(found.filter(({ kind }) => portWords[kind] === undefined && kind !== "device-new").length, "other finding"),
  ].filter((part) => part !== undefined);
  const isFirst = found.some(({ firstScan }) => firstScan);
  const what = parts.length === 0 ? "nothing new" : parts.join(", ");
  return `${what} on ${safeText(watch, { limit: 100 })}${isFirst ? " (its first scan: everything is new)" : ""}`;
}

function counted(count: number, one: string, after = ""): string | undefined {
  return count === 0 ? undefined : `${plural(count, one)}${after === "" ? "" : ` ${after}`}`;
}

function isOfNewHost({ kind, isKnownHost }: Discovery): boolean {
  return kind === "new" && isKnownHost !== true;
}

/** A line for each host and for what became of it: `192.168.50.10 (nas): port 8080 opened`. In order of address. */
export function findingLines(found: readonly Discovery[]): string[] {
  const groups = Map.groupBy(
    found,
    (one) => `${one.address ?? ""} ${portWords[one.kind] === undefined ? one.id : one.kind}`,
  );
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [{ first, line: lineOf(first, group) }];
    })
    .sort((a, b) => compare(a.first, b.first))
    .map(({ line }) => line);
}

function compare(a: Discovery, b: Discovery): number {
  if (a.address === undefined || b.address === undefined) {
    return Number(a.address !== undefined) - Number(b.address !== undefined);
  }
  return compareAddresses(a.address, b.address) || a.id - b.id;
}

function lineOf(first: Discovery, group: readonly Discovery[]): string {
  const words = portWords[first.kind];
  const where = placeOf(first);
  if (words === undefined) {
    const port = first.port === undefined || first.port === everyPort ? "" : `port ${first.port}: `;
    const detail =
      first.detail === undefined || first.detail === "" ? "" : `: ${safeText(first.detail, { limit: 300 })}`;
    const [at] = first.address === undefined ? (first.device?.addresses ?? []) : [];
    return `${where}${port}${otherWords[first.kind] ?? first.kind}${at === undefined ? "" : ` at ${at}`}${detail}`;
  }
  const ports = group.flatMap(({ port }) => port ?? []);
  if (ports.includes(everyPort)) return `${where}every tried port ${first.kind === "gone" ? "has closed" : "answers"}`;
  if (isOfNewHost(first)) return `${where}new host, ${portsText(ports)} open`;
  return `${where}${portsText(ports)} ${first.kind === "returned" && ports.length > 1 ? "are open again" : words}`;
}

/** `192.168.50.10 (nas): `; of a device its hardware address and what is known of it. */
function placeOf({ address, hostname, device, mac, vendor }: Discovery): string {
  const name = device?.name ?? hostname;
  const about = [name, address === undefined ? undefined : (device?.mac ?? mac), device?.vendor ?? vendor]
    .filter((part) => part !== undefined && part !== "")
    .map((part) => safeText(part ?? "", { limit: 80 }));
  const who: Address | string = address ?? device?.mac ?? "";
  if (who === "") return "";
  return `${who}${about.length === 0 ? "" : ` (${about.join(", ")})`}: `;
}

function portsText(ports: readonly Port[]): string {
  return `${ports.length === 1 ? "port" : "ports"} ${formatPorts(ports).replaceAll(",", ", ")}`;
}
