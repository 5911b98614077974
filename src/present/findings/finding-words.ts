/** A finding in words, for subjects, push messages, lines of text and rows of a page. All text is made safe. */
import type { Address } from "../../core/address.ts";
import { type FindingSubject, findingEntry } from "../../core/discovery-kinds.ts";
import { hostLiteral } from "../../core/host-literal.ts";
import { everyPort } from "../../core/ports.ts";
import { endText } from "../discoveries/attention-words.ts";
import { shownAddresses } from "../discoveries/discovery-addresses.ts";
import { movedWords } from "../discoveries/moved-words.ts";
import { capitalised } from "../text/capitalised.ts";
import { type LocalTime, localTime } from "../text/local-time.ts";
import { line, listWithin, shortText } from "../text/short-text.ts";
import { exposedName } from "./exposed-name.ts";
import type { Finding, FoundPort } from "./finding.ts";
import { countsPorts, isNewHostOrDevice, isOfDevice, isOfTwoDevices, nounOf, nounOfFinding } from "./kind-words.ts";
import type { Report } from "./report.ts";

const nameLimit = 60;
const listLimit = 100;
const fullListLimit = 2000;
const detailLimit = 1000;

/** How a host or device is described. `listed`: in full, without the command that approves a device, which follows the list. */
export type Length = "short" | "listed" | "full";

/** `192.168.50.10 (nas)`; only the name if no address is known. */
export function hostWords({ addresses, name }: Finding): string {
  const [address] = addresses;
  if (address === undefined) return name === undefined ? "unknown address" : shortText(name, nameLimit);
  return name === undefined ? address : `${address} (${shortText(name, nameLimit)})`;
}

/** `192.168.50.10:6379 (nas)`; only the host if not exactly one port is known. */
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

/** `Anna's phone (192.168.50.66, Apple)`, in full: `Anna's phone, 192.168.50.66, Apple, MAC ..., approved`. */
export function deviceWords(finding: Finding, length: Length): string {
  const { addresses, device, vendor } = finding;
  const mac = device?.mac ?? finding.mac;
  const maker = vendor === undefined ? [] : [shortText(vendor, nameLimit)];
  const name = finding.name === undefined ? [] : [shortText(finding.name, nameLimit)];
  if (length !== "short") {
    const where = addresses.length === 0 ? [] : [listWithin(shownAddresses(addresses), listLimit)];
    const hardware = mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`];
    return [...name, ...where, ...maker, ...hardware].join(", ") || "unknown device";
  }
  const [label = "unknown device"] = [...name, ...addresses, ...(mac === undefined ? [] : [line(mac)])];
  const beside = [...(name.length === 0 ? [] : addresses.slice(0, 1)), ...maker];
  if (beside.length === 0 && mac !== undefined && label !== line(mac)) beside.push(line(mac));
  return beside.length === 0 ? label : `${label} (${beside.join(", ")})`;
}

export function macWords({ device }: Finding, mac: string): string {
  return device?.randomised === true ? `${line(mac)} (randomised address)` : line(mac);
}

/** `not approved (harbinger devices approve MAC)`, `undefined` if no device is known. */
export function approvalWords({ device }: Finding, length: Length): string | undefined {
  if (device === undefined) return undefined;
  if (device.approved) return "approved";
  return length === "full" ? `not approved (harbinger devices approve ${line(device.mac)})` : "not approved";
}

/** After several new devices that are each marked `not approved`. */
export function approvalRemark(findings: readonly Finding[], { length }: DetailContext): string | undefined {
  if (length === "full" || !findings.some(awaitsApproval)) return undefined;
  return "to approve a device: harbinger devices approve MAC (all of them: --all)";
}

function awaitsApproval(finding: Finding): boolean {
  return isNewHostOrDevice(finding) && finding.device?.approved === false;
}

/** `22 (SSH), 80 and 5 more`; `full`: normally all of them. */
export function portWords(ports: readonly FoundPort[], length: Length): string {
  return listWithin(
    ports.map(({ port, label }) => {
      const name = port === everyPort ? "every tried port" : String(port);
      return label === undefined ? name : `${name} (${shortText(label, nameLimit)})`;
    }),
    length !== "short" ? fullListLimit : listLimit,
  );
}

/** `ports 22 (SSH), 80`; `undefined` if none is known. */
export function portsWords({ ports }: Finding, length: Length): string | undefined {
  if (ports.length === 0) return undefined;
  if (ports.some(({ port }) => port === everyPort)) return "every tried port answers";
  return `${ports.length === 1 ? "port" : "ports"} ${portWords(ports, length)}`;
}

function onPorts(finding: Finding, length: Length): string {
  const words = length === "short" ? undefined : portsWords(finding, length);
  return words === undefined ? "" : `, ${words}`;
}

/** Follows `back`: ` after 12 days`. */
export function afterAbsence({ absentMs, isUrgent }: Finding): string {
  if (!isUrgent || absentMs === undefined) return "";
  return ` after ${Math.floor(absentMs / 86_400_000)} days`;
}

function deviceLine(finding: Finding, length: Length): string {
  const approval = isNewHostOrDevice(finding) && length !== "short" ? approvalWords(finding, length) : undefined;
  return `${deviceWords(finding, length)}${approval === undefined ? "" : `, ${approval}`}`;
}

/** What happened, in words that go before a place. */
function whatHappened(finding: Finding): string {
  const { phrase } = findingEntry(finding.type);
  return phrase ?? nounOfFinding(finding, 1);
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
    const detail = finding.details[0] ?? `${hostWords(finding)} ${usualDetail}`;
    return `${whatHappened(finding)}: ${shortText(detail, length === "short" ? shortDetailLimit : detailLimit)}`;
  },
};

/** What happened, without where: `Redis exposed`, `Device back after 12 days`, `New ports`. */
export function whatWords(finding: Finding): string {
  const { type, details } = finding;
  const count = countsPorts(type) ? finding.ports.length : 1;
  const noun = nounOfFinding(finding, count);
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

/** The same as a separate line. */
export function lineOf(finding: Finding, length: Length): string {
  return capitalised(phraseOf(finding, length));
}

/** A finding that is older than this when the report is composed is shown with its time. */
const freshMs = 15 * 60 * 1000;

/** What the details of a finding depend on besides the finding. */
export interface DetailContext {
  readonly time: LocalTime;
  readonly generatedAt: number;
  /** Not all findings are from the same watches, so each names its watches. */
  readonly severalWatches: boolean;
  /** `full` if at most one device awaits approval: it has the command that approves it. */
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

/** `found protected at 2026-01-31 12:00:00`, where only some of it is over with the ports: `port 80: gone since ...`. */
export function endLines({ ended }: Finding, time: (at: number) => string): string[] {
  if (ended === undefined) return [];
  const { of, ends } = ended;
  return ends.map(({ ports, ...end }) => {
    const what = endText(end, time);
    if ((of === "all" && ends.length === 1) || ports.length === 0) return what;
    const listed = portWords(
      ports.map((port) => ({ port })),
      "full",
    );
    return `${ports.length === 1 ? "port" : "ports"} ${listed}: ${what}`;
  });
}

/** What an address of two devices means, and what to do. */
const aboutTwoDevices =
  "This is a configuration mistake (a duplicate IP address), or ARP spoofing, by which one device reads the traffic of the other. Find the device that should not have the address, and change its address or disconnect it.";

/** The details below the line of a finding: what was found, on which host or device, when. */
export function detailLines(finding: Finding, context: DetailContext): string[] {
  const ports = isOfDevice(finding) ? portsWords(finding, "full") : undefined;
  const portLine = ports === undefined ? [] : [capitalised(ports)];
  return [
    ...foundLines(finding),
    ...(isOfTwoDevices(finding) && finding.ended?.of !== "all" ? [aboutTwoDevices] : []),
    ...portLine,
    ...identityLines(finding, context.length),
    ...endLines(finding, (at) => context.time.stamp(at)),
    ...whenLines(finding, context),
  ];
}

/** What was found, as the check or the store words it. */
export function foundLines(finding: Finding): string[] {
  const { type, details, movedDevice } = finding;
  // The first detail is the line itself.
  if (isOfTwoDevices(finding)) return details.slice(1).map((detail) => line(detail));
  const { usualDetail } = findingEntry(type);
  const found =
    details.length === 0 && usualDetail !== undefined ? [usualDetail] : details.map((detail) => line(detail));
  return movedDevice === undefined ? found : [...found, movedWords(movedDevice)];
}

/**
 * The host or device, as far as its line does not describe it.
 * @param length of its line: the short line of a device has its vendor, but not its MAC address
 */
export function identityLines(finding: Finding, length: Length): string[] {
  const { type, products } = finding;
  const answering =
    products.length === 0 || findingEntry(type).subject === "exposure"
      ? []
      : [
          listWithin(
            products.map((product) => shortText(product, 120)),
            listLimit,
          ),
        ];
  const isDeviceLine = isOfDevice(finding);
  if (isOfTwoDevices(finding) || (isDeviceLine && length !== "short")) return answering;
  const mac = finding.device?.mac ?? finding.mac;
  const hardware = [
    ...(mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`]),
    ...(finding.vendor === undefined || isDeviceLine ? [] : [shortText(finding.vendor, nameLimit)]),
    ...(isNewHostOrDevice(finding) ? [approvalWords(finding, length) ?? ""] : []),
  ].filter((part) => part !== "");
  return [...answering, ...(hardware.length === 0 ? [] : [hardware.join(", ")])];
}

function whenLines({ type, at, firstSeen, lastSeen }: Finding, { time, generatedAt }: DetailContext): string[] {
  const parts: string[] = [];
  const { section } = findingEntry(type);
  const isBack = section === "back";
  if (isBack || section === "gone") {
    if (lastSeen !== undefined) parts.push(`${isBack ? "away since" : "last seen"} ${time.stamp(lastSeen)}`);
    if (firstSeen !== undefined) parts.push(`first seen ${time.stamp(firstSeen)}`);
  }
  if (!(generatedAt - at < freshMs)) parts.push(`noticed ${time.stamp(at)}`);
  return parts.length === 0 ? [] : [parts.join(", ")];
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
