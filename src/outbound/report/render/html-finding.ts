import { findingEntry } from "../../../core/discovery-kinds.ts";
import { shownAddresses } from "../../../present/discoveries/discovery-addresses.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import {
  approvalWords,
  type DetailContext,
  detailLines,
  macWords,
  placeWords,
  portsWords,
  portWords,
  watchesWords,
  whatWords,
} from "../../../present/findings/finding-words.ts";
import { isNewHostOrDevice, isOfDevice, isOfTwoDevices } from "../../../present/findings/kind-words.ts";
import { element, type Markup, text } from "../../../present/html-style.ts";
import { shortText } from "../../../present/text/short-text.ts";

/** One finding: the host or device on the left, what happened and the details on the right. */
export function findingRow(finding: Finding, context: DetailContext): Markup {
  return element(
    "tr",
    [],
    element("td", "host", ...identityOf(finding)),
    element("td", "about", element("div", "what", text(whatHappened(finding))), ...detailsOf(finding, context)),
  );
}

const addressesShown = 4;

/** A device: its name, then its addresses. Anything else: its address, then its name. */
function identityOf(finding: Finding): Markup[] {
  const { type, name, addresses, device } = finding;
  const named = name === undefined ? [] : [element("div", "name", text(shortText(name, 100)))];
  if (isOfDevice(finding) || isOfTwoDevices(finding)) {
    const listed = shownAddresses(addresses);
    const shown = listed.slice(0, addressesShown);
    const more = listed.length > shown.length ? [`and ${listed.length - shown.length} more`] : [];
    const places = shown.length === 0 && name === undefined ? [device?.mac ?? "unknown device"] : [...shown, ...more];
    return [...named, ...places.map((place) => element("div", [], text(place)))];
  }
  const isHost = findingEntry(type).subject === "host";
  return [text(placeWords(isHost ? { ...finding, ports: [] } : finding)), ...named];
}

function whatHappened(finding: Finding): string {
  const { type, ports } = finding;
  const { subject } = findingEntry(type);
  const what = whatWords(finding);
  if (subject === "port") return `${what}: ${portWords(ports, "full")}`;
  // The left cell has a single port of a service, and the details have the ports of a device.
  const isInPlace = subject !== "host" && subject !== "address";
  const portList = isInPlace && ports.length < 2 ? undefined : portsWords(finding, "full");
  return portList === undefined || isOfDevice(finding) ? what : `${what}, ${portList}`;
}

function detailsOf(finding: Finding, context: DetailContext): Markup[] {
  const mac = finding.device?.mac ?? finding.mac;
  const hardware = [
    ...(finding.vendor === undefined ? [] : [shortText(finding.vendor, 100)]),
    ...(mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`]),
  ];
  const watches = watchesWords(finding, context);
  const approval =
    isNewHostOrDevice(finding) && isOfDevice(finding) ? approvalWords(finding, context.length) : undefined;
  return [
    ...(isOfDevice(finding) && hardware.length > 0 ? [element("div", [], text(hardware.join(", ")))] : []),
    ...(approval === undefined ? [] : [element("div", [], text(approval))]),
    ...(isOfTwoDevices(finding) ? finding.details.slice(0, 1) : []).map((each) => detail(shortText(each, 1000))),
    ...detailLines(finding, context).flatMap((line) => line.split("; ").map(detail)),
    ...(watches === undefined ? [] : [element("div", "when", text(`found by ${watches}`))]),
  ];
}

/** Fingerprints are set in small type: they are for comparing, not for reading. */
function detail(content: string): Markup {
  const pieces = content.split(fingerprint);
  return element(
    "div",
    [],
    ...pieces.map((piece, index) => (index % 2 === 0 ? text(piece) : element("span", "fingerprint", text(piece)))),
  );
}

/** The group makes `split` keep the fingerprint. */
const fingerprint = /(SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2})/;
