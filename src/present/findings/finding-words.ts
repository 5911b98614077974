/** A finding in words: what a subject, a push, a line of text and a row of a page say of it. All of it is made safe. */
import { type Address, hostLiteral } from "../../core/address.ts";
import { everyPort } from "../../core/ports.ts";
import { type LocalTime, localTime } from "../text/local-time.ts";
import { line, listWithin, shortText } from "../text/short-text.ts";
import { exposedName } from "./exposed-name.ts";
import type { Finding, FindingType, FoundPort } from "./finding.ts";
import { countsPorts, nounOf } from "./finding-nouns.ts";
import type { Report } from "./report.ts";

const nameLimit = 60;
const listLimit = 100;
const fullListLimit = 2000;
const detailLimit = 1000;

/** How much is said of who it is; `listed`: all but the command that approves a device, which ends the list. */
export type Length = "short" | "listed" | "full";

/** `192.168.50.10 (nas)`; where a name alone is known, that. */
export function hostWords({ addresses, name }: Finding): string {
  const [address] = addresses;
  if (address === undefined) return name === undefined ? "unknown address" : shortText(name, nameLimit);
  return name === undefined ? address : `${address} (${shortText(name, nameLimit)})`;
}

/** `192.168.50.10:6379 (nas)`; the host alone where no port or several are known. */
export function endpointWords(finding: Finding): string {
  const { addresses, name } = finding;
  const place = placeWords(finding);
  return name === undefined || addresses.length === 0 ? place : `${place} (${shortText(name, nameLimit)})`;
}

/** The same without the name. */
export function placeWords({ addresses, name, ports }: Finding): string {
  const [address] = addresses;
  const [port] = ports;
  if (address === undefined) return name === undefined ? "unknown address" : shortText(name, nameLimit);
  const isOne = port !== undefined && ports.length === 1 && port.port !== everyPort;
  return isOne ? `${hostLiteral(address)}:${port.port}` : address;
}

/** `Anna's phone (192.168.50.66, Apple)`, or all that is known: `Anna's phone, 192.168.50.66, Apple, MAC ..., approved`. */
export function deviceWords(finding: Finding, length: Length): string {
  const { addresses, device, vendor } = finding;
  const mac = device?.mac ?? finding.mac;
  const made = vendor === undefined ? [] : [shortText(vendor, nameLimit)];
  const name = finding.name === undefined ? [] : [shortText(finding.name, nameLimit)];
  if (length !== "short") {
    const where = addresses.length === 0 ? [] : [listWithin(tellingAddresses(addresses), listLimit)];
    const hardware = mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`];
    return [...name, ...where, ...made, ...hardware].join(", ") || "unknown device";
  }
  const [who = "unknown device"] = [...name, ...addresses, ...(mac === undefined ? [] : [line(mac)])];
  const beside = [...(name.length === 0 ? [] : addresses.slice(0, 1)), ...made];
  if (beside.length === 0 && mac !== undefined && who !== line(mac)) beside.push(line(mac));
  return beside.length === 0 ? who : `${who} (${beside.join(", ")})`;
}

/** Link-local IPv6 addresses follow from the MAC address, or from chance: told only where there are no others. */
export function tellingAddresses(addresses: readonly Address[]): readonly Address[] {
  const others = addresses.filter((address) => !address.startsWith("fe80:"));
  return others.length === 0 ? addresses : others;
}

export function macWords({ device }: Finding, mac: string): string {
  return device?.randomised === true ? `${line(mac)} (randomised address)` : line(mac);
}

/** `not approved (harbinger devices approve MAC)`, where it stands alone; `undefined` where no device is known. */
export function approvalWords({ device }: Finding, length: Length): string | undefined {
  if (device === undefined) return undefined;
  if (device.approved) return "approved";
  return length === "full" ? `not approved (harbinger devices approve ${line(device.mac)})` : "not approved";
}

/** Behind several new devices of which each is only called not approved. */
export function approvalRemark(findings: readonly Finding[], { length }: DetailContext): string | undefined {
  if (length === "full" || !findings.some(awaitsApproval)) return undefined;
  return "harbinger devices approve MAC says that a device belongs here (--all: all of them)";
}

function awaitsApproval({ type, device }: Finding): boolean {
  return (type === "new-device" || type === "new-host") && device?.approved === false;
}

/** `22 (SSH), 80 and 5 more`; `full`: as a rule all of them. */
export function portWords(ports: readonly FoundPort[], length: Length): string {
  return listWithin(
    ports.map(({ port, label }) => {
      const said = port === everyPort ? "every tried port" : String(port);
      return label === undefined ? said : `${said} (${shortText(label, nameLimit)})`;
    }),
    length !== "short" ? fullListLimit : listLimit,
  );
}

/** `ports 22 (SSH), 80`; `undefined` where none is known. */
export function portsWords({ ports }: Finding, length: Length): string | undefined {
  if (ports.length === 0) return undefined;
  if (ports.some(({ port }) => port === everyPort)) return "every tried port answers";
  return `${ports.length === 1 ? "port" : "ports"} ${portWords(ports, length)}`;
}

function onPorts(finding: Finding, length: Length): string {
  const said = length === "short" ? undefined : portsWords(finding, length);
  return said === undefined ? "" : `, ${said}`;
}

function nounPort({ ports }: Finding): string {
  return ports.length === 1 ? "port" : "ports";
}

/** Behind `back`. */
export function afterAbsence({ absentMs, isUrgent }: Finding): string {
  if (!isUrgent || absentMs === undefined) return "";
  return ` after ${Math.floor(absentMs / 86_400_000)} days`;
}

function deviceLine(finding: Finding, length: Length): string {
  const approval = finding.type === "new-device" && length !== "short" ? approvalWords(finding, length) : undefined;
  return `${deviceWords(finding, length)}${approval === undefined ? "" : `, ${approval}`}`;
}

const phrases: Readonly<Record<FindingType, (finding: Finding, length: Length) => string>> = {
  exposed: (finding) => `${exposedName(finding.details[0] ?? "") ?? "service"} exposed on ${endpointWords(finding)}`,
  "certificate-expired": (finding) => `certificate expired on ${certificatePlace(finding)}`,
  "certificate-expiring": (finding) => `certificate expires soon on ${certificatePlace(finding)}`,
  "certificate-changed": (finding) => `certificate changed on ${certificatePlace(finding)}`,
  "certificate-new": (finding) => `new certificate on ${certificatePlace(finding)}`,
  "duplicate-address": (finding, length) => {
    const said = finding.details[0] ?? `${hostWords(finding)} is used by two devices`;
    return `duplicate IP address: ${shortText(said, length === "short" ? 170 : detailLimit)}`;
  },
  "address-moved": (finding, length) => {
    const said = finding.details[0] ?? `${hostWords(finding)} answers with another MAC address`;
    return `address moved: ${shortText(said, length === "short" ? 110 : detailLimit)}`;
  },
  "new-device": (finding, length) => `new device: ${deviceLine(finding, length)}`,
  "new-host": (finding, length) => `new host: ${hostWords(finding)}${onPorts(finding, length)}`,
  "new-port": (finding, length) =>
    `new ${nounPort(finding)} on ${hostWords(finding)}: ${portWords(finding.ports, length)}`,
  "device-returned": (finding, length) => `device back${afterAbsence(finding)}: ${deviceLine(finding, length)}`,
  "host-returned": (finding, length) =>
    `host back${afterAbsence(finding)}: ${hostWords(finding)}${onPorts(finding, length)}`,
  "port-returned": (finding, length) =>
    `${nounPort(finding)} back${afterAbsence(finding)} on ${hostWords(finding)}: ${portWords(finding.ports, length)}`,
  "device-gone": (finding, length) => `device gone: ${deviceLine(finding, length)}`,
  "host-gone": (finding, length) => `host gone: ${hostWords(finding)}${onPorts(finding, length)}`,
  "port-gone": (finding, length) =>
    `${nounPort(finding)} gone on ${hostWords(finding)}: ${portWords(finding.ports, length)}`,
  flapping: (finding, length) => `host flapping: ${hostWords(finding)}${onPorts(finding, length)}`,
  "device-address-changed": (finding, length) => `device with a new address: ${deviceLine(finding, length)}`,
  changed: (finding) => `service changed: ${endpointWords(finding)}`,
};

/** Whether its first detail, which names both devices, is its line. */
export function isOfTwoDevices({ type }: Finding): boolean {
  return type === "address-moved" || type === "duplicate-address";
}

/** Whether its line names a device and not a host. */
export function isOfDevice({ type }: Finding): boolean {
  return type === "new-device" || type.startsWith("device-");
}

/** What happened, without where: `Redis exposed`, `Device back after 12 days`, `New ports`. */
export function whatWords(finding: Finding): string {
  const { type, details } = finding;
  if (type === "exposed") return `${exposedName(details[0] ?? "") ?? "Service"} exposed`;
  const count = countsPorts(type) ? finding.ports.length : 1;
  return `${capitalised(nounOf(type, count))}${type.endsWith("-returned") ? afterAbsence(finding) : ""}`;
}

function certificatePlace(finding: Finding): string {
  if (finding.ports.length < 2) return endpointWords(finding);
  return `${hostWords(finding)}, ports ${portWords(finding.ports, "short")}`;
}

/** `new device: Anna's phone (192.168.50.66, Apple)`, without a number. */
export function phraseOf(finding: Finding, length: Length): string {
  return phrases[finding.type](finding, length);
}

/** The same as a line of its own. */
export function lineOf(finding: Finding, length: Length): string {
  return capitalised(phraseOf(finding, length));
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What is found later than this before the report is told with its time. */
const freshMs = 15 * 60 * 1000;

/** Where the report stands, for what is said of a finding beside its line. */
export interface DetailContext {
  readonly time: LocalTime;
  readonly generatedAt: number;
  /** Not all was found by the same watches, so it matters which ones found it. */
  readonly severalWatches: boolean;
  /** Whether each device may have the command that approves it beside it: where there is only one. */
  readonly length: "listed" | "full";
}

export function detailContext(report: Report, findings: readonly Finding[]): DetailContext {
  const finders = new Set(findings.map(({ watches }) => JSON.stringify(watches)));
  return {
    time: localTime(report.timeZone),
    generatedAt: report.generatedAt,
    severalWatches: finders.size > 1,
    length: findings.filter(awaitsApproval).length > 1 ? "listed" : "full",
  };
}

/** What is to be known besides, a line each: what was found, who answers there, when. */
export function detailLines(finding: Finding, context: DetailContext): string[] {
  const ports = isOfDevice(finding) ? portsWords(finding, "full") : undefined;
  const whose = ports === undefined ? [] : [capitalised(ports)];
  return [...foundLines(finding), ...whose, ...whoLines(finding, context.length), ...whenLines(finding, context)];
}

/** What was found, in the words of who found it. */
export function foundLines(finding: Finding): string[] {
  const { type, details } = finding;
  // It is the line itself.
  if (isOfTwoDevices(finding)) return details.slice(1).map((detail) => line(detail));
  if (details.length === 0 && type === "exposed") return ["answers without authentication"];
  if (details.length === 0 && type === "flapping") return ["gone and back too often; quiet until it settles"];
  return details.map((detail) => line(detail));
}

/**
 * Who it is, as far as the line does not say it.
 * @param length of its line: the short one of a device has not its MAC address, but its maker
 */
export function whoLines(finding: Finding, length: Length): string[] {
  const { type, products } = finding;
  const said =
    products.length === 0 || type === "exposed"
      ? []
      : [
          listWithin(
            products.map((product) => shortText(product, 120)),
            listLimit,
          ),
        ];
  const isDeviceLine = isOfDevice(finding);
  if (isOfTwoDevices(finding) || (isDeviceLine && length !== "short")) return said;
  const mac = finding.device?.mac ?? finding.mac;
  const hardware = [
    ...(mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`]),
    ...(finding.vendor === undefined || isDeviceLine ? [] : [shortText(finding.vendor, nameLimit)]),
    ...(type === "new-host" || type === "new-device" ? [approvalWords(finding, length) ?? ""] : []),
  ].filter((part) => part !== "");
  return [...said, ...(hardware.length === 0 ? [] : [hardware.join(", ")])];
}

function whenLines({ type, at, firstSeen, lastSeen }: Finding, { time, generatedAt }: DetailContext): string[] {
  const said: string[] = [];
  const isBack = type.endsWith("-returned");
  if (isBack || type.endsWith("-gone")) {
    if (lastSeen !== undefined) said.push(`${isBack ? "away since" : "last seen"} ${time.stamp(lastSeen)}`);
    if (firstSeen !== undefined) said.push(`first seen ${time.stamp(firstSeen)}`);
  }
  if (!(generatedAt - at < freshMs)) said.push(`noticed ${time.stamp(at)}`);
  return said.length === 0 ? [] : [said.join(", ")];
}

/** Which watches found it, where that is not the same for all. */
export function watchesWords({ watches }: Finding, { severalWatches }: DetailContext): string | undefined {
  if (!severalWatches || watches.length === 0) return undefined;
  return listWithin(
    watches.map((watch) => shortText(watch, nameLimit)),
    listLimit,
  );
}

/** Where evidence comes from: `192.168.50.10:6379`. */
export function evidencePlace(address: Address | undefined, port: number | undefined): string {
  if (address === undefined) return port === undefined ? "unknown address" : `unknown address, port ${port}`;
  return port === undefined || port === everyPort ? address : `${hostLiteral(address)}:${port}`;
}
