/** A finding in words: what a subject, a push, a line of text and a row of a page say of it. All of it is made safe. */
import { type Address, hostLiteral } from "../../core/address.ts";
import { type FindingSubject, findingEntry } from "../../core/discovery-kinds.ts";
import { everyPort } from "../../core/ports.ts";
import { capitalised } from "../text/capitalised.ts";
import { type LocalTime, localTime } from "../text/local-time.ts";
import { line, listWithin, shortText } from "../text/short-text.ts";
import { exposedName } from "./exposed-name.ts";
import type { Finding, FoundPort } from "./finding.ts";
import { countsPorts, isArrival, isOfDevice, isOfTwoDevices, nounOf } from "./kind-words.ts";
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

function awaitsApproval(finding: Finding): boolean {
  return isArrival(finding) && finding.device?.approved === false;
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

/** Behind `back`. */
export function afterAbsence({ absentMs, isUrgent }: Finding): string {
  if (!isUrgent || absentMs === undefined) return "";
  return ` after ${Math.floor(absentMs / 86_400_000)} days`;
}

function deviceLine(finding: Finding, length: Length): string {
  const approval = isArrival(finding) && length !== "short" ? approvalWords(finding, length) : undefined;
  return `${deviceWords(finding, length)}${approval === undefined ? "" : `, ${approval}`}`;
}

/** What happened, in words that go before a place. */
function whatHappened({ type }: Finding): string {
  const { one, phrase } = findingEntry(type);
  return phrase ?? one;
}

const phrases: Readonly<Record<FindingSubject, (finding: Finding, length: Length) => string>> = {
  device: (finding, length) => `${whatHappened(finding)}${afterAbsence(finding)}: ${deviceLine(finding, length)}`,
  host: (finding, length) =>
    `${whatHappened(finding)}${afterAbsence(finding)}: ${hostWords(finding)}${onPorts(finding, length)}`,
  port: (finding, length) => {
    const noun = nounOf(finding.type, finding.ports.length);
    return `${noun}${afterAbsence(finding)} on ${hostWords(finding)}: ${portWords(finding.ports, length)}`;
  },
  service: (finding) => `${whatHappened(finding)}: ${endpointWords(finding)}`,
  exposure: (finding) =>
    `${exposedName(finding.details[0] ?? "") ?? "service"} ${whatHappened(finding)} on ${endpointWords(finding)}`,
  certificate: (finding) => `${whatHappened(finding)} on ${certificatePlace(finding)}`,
  address: (finding, length) => {
    const { usualDetail = "", shortDetailLimit = detailLimit } = findingEntry(finding.type);
    const said = finding.details[0] ?? `${hostWords(finding)} ${usualDetail}`;
    return `${whatHappened(finding)}: ${shortText(said, length === "short" ? shortDetailLimit : detailLimit)}`;
  },
};

/** What happened, without where: `Redis exposed`, `Device back after 12 days`, `New ports`. */
export function whatWords(finding: Finding): string {
  const { type, details } = finding;
  const count = countsPorts(type) ? finding.ports.length : 1;
  const noun = nounOf(type, count);
  if (findingEntry(type).subject === "exposure") return `${exposedName(details[0] ?? "") ?? "Service"} ${noun}`;
  return `${capitalised(noun)}${afterAbsence(finding)}`;
}

function certificatePlace(finding: Finding): string {
  if (finding.ports.length < 2) return endpointWords(finding);
  return `${hostWords(finding)}, ports ${portWords(finding.ports, "short")}`;
}

/** `new device: Anna's phone (192.168.50.66, Apple)`, without a number. */
export function phraseOf(finding: Finding, length: Length): string {
  return phrases[findingEntry(finding.type).subject](finding, length);
}

/** The same as a line of its own. */
export function lineOf(finding: Finding, length: Length): string {
  return capitalised(phraseOf(finding, length));
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
  const { usualDetail } = findingEntry(type);
  return details.length === 0 && usualDetail !== undefined ? [usualDetail] : details.map((detail) => line(detail));
}

/**
 * Who it is, as far as the line does not say it.
 * @param length of its line: the short one of a device has not its MAC address, but its maker
 */
export function whoLines(finding: Finding, length: Length): string[] {
  const { type, products } = finding;
  const said =
    products.length === 0 || findingEntry(type).subject === "exposure"
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
    ...(isArrival(finding) ? [approvalWords(finding, length) ?? ""] : []),
  ].filter((part) => part !== "");
  return [...said, ...(hardware.length === 0 ? [] : [hardware.join(", ")])];
}

function whenLines({ type, at, firstSeen, lastSeen }: Finding, { time, generatedAt }: DetailContext): string[] {
  const said: string[] = [];
  const { section } = findingEntry(type);
  const isBack = section === "back";
  if (isBack || section === "gone") {
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
