import type { Origin } from "../../core/connection.ts";
import { formatPorts } from "../../core/ports.ts";
import type { AlertTextSettings } from "./alert.ts";
import type { Burst, ProtocolCount } from "./burst.ts";
import { type TextTimes, written } from "./connection-text.ts";
import { detectedName } from "./detected.ts";
import type { Digest } from "./digest.ts";
import { joined, placeAndAddress, provider, shown } from "./place-text.ts";

/** `SE Linköping 89.160.20.112: 42 more connections` */
export function summarySubject(burst: Burst, origin: Origin): string {
  return `${placeAndAddress(origin, burst.address)}: ${counted(burst.connections, "more connection")}`;
}

/** What an address did that nobody was told of, once it has fallen silent. Lines as in the alert for a connection. */
export function summaryText(burst: Burst, origin: Origin, settings: AlertTextSettings, time: TextTimes): string {
  const ports = formatPorts(burst.ports) + (burst.morePorts ? " and more" : "");
  return [
    `${burst.address} has fallen silent. Since the last alert about it:`,
    "",
    written(["Suppressed (since last notify for this IP)", String(burst.connections)]),
    written(["First", time.local(burst.firstAt)]),
    written(["Last", time.local(burst.lastAt)]),
    written(["Peer IP", burst.address]),
    written(["rDNS", shown(origin.hostname)]),
    written(["Country", joined(origin.countryCode, origin.country)]),
    ...(settings.includeCity ? [written(["City/Region", joined(origin.city, origin.region)])] : []),
    written(["Ports", ports]),
    written(["Detected", protocolList(burst.protocols, settings)]),
    written(["Org", shown(origin.organization)]),
    written(["Provider", provider(origin)]),
    "",
  ].join("\n");
}

/** `Digest: 6553500 connections from more than 20000 addresses` */
export function digestSubject(digest: Digest): string {
  return `Digest: ${counted(digest.connections, "connection")} from ${addressesOf(digest)}`;
}

/** What happened while there was too much to tell one by one. */
export function digestText(digest: Digest, settings: AlertTextSettings, time: TextTimes): string {
  const rest = digest.ports - digest.topPorts.length;
  return [
    `Too many addresses at once to alert for each: ${counted(digest.connections, "connection")} from ${addressesOf(digest)}.`,
    "",
    written(["First", time.local(digest.firstAt)]),
    written(["Last", time.local(digest.lastAt)]),
    written(["Detected", protocolList(digest.protocols, settings)]),
    "",
    "Ports:",
    ...digest.topPorts.map(({ port, connections }) => `  ${port}: ${connections}`),
    ...(rest > 0 ? [`  and ${counted(rest, "more port")}`] : []),
    "",
    ...(digest.topCountries.length === 0 ? [] : ["Countries:", ...countryLines(digest), ""]),
    "Addresses:",
    ...digest.topAddresses.map(({ address, countryCode, connections }) => {
      return `  ${address}${countryCode === undefined ? "" : ` (${shown(countryCode)})`}: ${connections}`;
    }),
    ...moreAddresses(digest),
    "",
  ].join("\n");
}

function countryLines(digest: Digest): string[] {
  const rest = digest.countries - digest.topCountries.length;
  return [
    ...digest.topCountries.map(({ countryCode, connections }) => `  ${shown(countryCode)}: ${connections}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function moreAddresses(digest: Digest): string[] {
  const rest = digest.addresses - digest.topAddresses.length;
  if (digest.moreAddresses) return [`  and more than ${rest} others`];
  return rest > 0 ? [`  and ${counted(rest, "other")}`] : [];
}

function addressesOf({ addresses, moreAddresses }: Digest): string {
  if (moreAddresses) return `more than ${addresses} addresses`;
  return addresses === 1 ? "1 address" : `${addresses} addresses`;
}

/** `ssh 40, http 2`; in the classic style several protocols can have one name. */
function protocolList(protocols: readonly ProtocolCount[], { style }: AlertTextSettings): string {
  const byName = new Map<string, number>();
  for (const { protocol, connections } of protocols) {
    const name = detectedName(protocol, style);
    byName.set(name, (byName.get(name) ?? 0) + connections);
  }
  return [...byName].map(([name, connections]) => `${name} ${connections}`).join(", ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
