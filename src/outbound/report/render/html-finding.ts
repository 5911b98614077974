import { findingEntry } from "../../../core/discovery-kinds.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import {
  approvalWords,
  type DetailContext,
  detailLines,
  macWords,
  placeWords,
  portsWords,
  portWords,
  tellingAddresses,
  watchesWords,
  whatWords,
} from "../../../present/findings/finding-words.ts";
import { isArrival, isOfDevice, isOfTwoDevices } from "../../../present/findings/kind-words.ts";
import { element, type Markup, text } from "../../../present/html-style.ts";
import { shortText } from "../../../present/text/short-text.ts";

/** One finding: who it is on the left, what happened and what is known of it on the right. */
export function findingRow(finding: Finding, context: DetailContext): Markup {
  return element(
    "tr",
    [],
    element("td", "host", ...whoIsIt(finding)),
    element("td", "about", element("div", "what", text(whatHappened(finding))), ...known(finding, context)),
  );
}

const addressesShown = 4;

/** A device by its name, with its addresses below; everything else by its address, with its name below. */
function whoIsIt(finding: Finding): Markup[] {
  const { type, name, addresses, device } = finding;
  const named = name === undefined ? [] : [element("div", "name", text(shortText(name, 100)))];
  if (isOfDevice(finding) || isOfTwoDevices(finding)) {
    const telling = tellingAddresses(addresses);
    const shown = telling.slice(0, addressesShown);
    const more = telling.length > shown.length ? [`and ${telling.length - shown.length} more`] : [];
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
  // The place has a single port of a service, and a device has its ports below.
  const isSaid = subject !== "host" && subject !== "address";
  const said = isSaid && ports.length < 2 ? undefined : portsWords(finding, "full");
  return said === undefined || isOfDevice(finding) ? what : `${what}, ${said}`;
}

function known(finding: Finding, context: DetailContext): Markup[] {
  const mac = finding.device?.mac ?? finding.mac;
  const hardware = [
    ...(finding.vendor === undefined ? [] : [shortText(finding.vendor, 100)]),
    ...(mac === undefined ? [] : [`MAC ${macWords(finding, mac)}`]),
  ];
  const watches = watchesWords(finding, context);
  const approval = isArrival(finding) && isOfDevice(finding) ? approvalWords(finding, context.length) : undefined;
  return [
    ...(isOfDevice(finding) && hardware.length > 0 ? [element("div", [], text(hardware.join(", ")))] : []),
    ...(approval === undefined ? [] : [element("div", [], text(approval))]),
    ...(isOfTwoDevices(finding) ? finding.details.slice(0, 1) : []).map((said) => detail(shortText(said, 1000))),
    ...detailLines(finding, context).flatMap((said) => said.split("; ").map(detail)),
    ...(watches === undefined ? [] : [element("div", "when", text(`found by ${watches}`))]),
  ];
}

/** A fingerprint is for comparing, and does not crowd out what is for reading. */
function detail(said: string): Markup {
  const pieces = said.split(fingerprint);
  return element(
    "div",
    [],
    ...pieces.map((piece, index) => (index % 2 === 0 ? text(piece) : element("span", "fingerprint", text(piece)))),
  );
}

/** A piece of its own where a text is split by it. */
const fingerprint = /(SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2})/;
