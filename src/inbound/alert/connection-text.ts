import type { Connection, Origin } from "../../core/connection.ts";
import type { Identification } from "../../core/identification.ts";
import { protocolFacts } from "../../core/protocol-facts.ts";
import type { AlertTextSettings } from "./alert.ts";
import { detectedName } from "./detected.ts";
import { payloadText } from "./payload-text.ts";
import { coordinates, endpoint, joined, provider, shown, unknown } from "./place-text.ts";
import type { ZonedTime } from "./zoned-time.ts";

export interface ConnectionTextInput {
  readonly connection: Connection;
  readonly origin: Origin;
  readonly suppressedBefore: number;
}

type Line = readonly [label: string, value: string];

/**
 * The text of an alert: a line for each fact, `Label: value`, `-` where it is not known, in this order.
 * - `Timestamp`: when the connection was accepted, ISO 8601 with offset. `Timestamp (UTC)`: the same in UTC, if wanted.
 * - `Peer IP`, `Port`: the peer's address and the port that it came from. What it connected to is `Local`.
 * - `rDNS`: the peer's name; in the full style ` (unconfirmed)` where it does not lead back to the address.
 * - `Country`: `DE / Germany`. `City/Region`: `Heidelberg / Baden-Württemberg`, if wanted. `Coords (approx)`:
 *   `49.41, 8.69`, if wanted.
 * - `BytesIn/Probe`: `78 in 12ms`: bytes received, and for how long we listened.
 * - `Detected`: the protocol.
 * - `HTTP`: method, target and version. `Host`, `User-Agent`. `SNI`, `ALPN` (separated by commas), and where wanted
 *   `JA3`, `JA4`.
 * - `Scanner`, `Details`, `Via`: only in the full style.
 * - `Payload (MODE, NB)`: with the bytes kept, then the payload on the lines below, if wanted. A line of it that
 *   begins like one of ours is indented by two spaces, so that nobody can write lines of this text.
 * - `Org`, `Provider` (`AS64500 Example Carrier`), `Local` (`ADDRESS:PORT`), in the full style `Listener`.
 * - `Suppressed (since last notify for this IP)`: a number.
 *
 * The classic style has every line always; the full style leaves out those about protocols that were not spoken.
 */
export function connectionText(input: ConnectionTextInput, settings: AlertTextSettings, time: TextTimes): string {
  const { connection, origin, suppressedBefore } = input;
  const isFull = settings.style === "full";
  const lines: Line[] = [
    ["Timestamp", time.local(connection.at)],
    ...only(settings.includeUtc, ["Timestamp (UTC)", time.utc(connection.at)]),
    ["Peer IP", connection.peer.address],
    ["Port", String(connection.peer.port)],
    ["rDNS", hostname(origin, isFull)],
    ["Country", joined(origin.countryCode, origin.country)],
    ...only(settings.includeCity, ["City/Region", joined(origin.city, origin.region)]),
    ...only(settings.includeCoordinates, ["Coords (approx)", coordinates(origin, settings.coordinatePrecision)]),
    ["BytesIn/Probe", `${connection.bytes} in ${Math.round(connection.durationMs)}ms`],
    ["Detected", detectedName(connection.identification.protocol, isFull ? "full" : "classic")],
    ...protocolLines(connection.identification, settings).filter(([, value]) => !isFull || value !== unknown),
    ...(isFull ? extraLines(connection) : []),
  ];
  const after: Line[] = [
    ["Org", shown(origin.organization)],
    ["Provider", provider(origin)],
    ["Local", endpoint(connection.local)],
    ...only(isFull, ["Listener", shown(connection.listener)]),
    ["Suppressed (since last notify for this IP)", String(suppressedBefore)],
  ];
  return [...lines.map(written), ...payloadLines(connection, settings), ...after.map(written), ""].join("\n");
}

/** How instants are written. */
export interface TextTimes {
  readonly local: ZonedTime;
  readonly utc: ZonedTime;
}

export function written([label, value]: Line): string {
  return `${label}: ${value}`;
}

function only(wanted: boolean, line: Line): Line[] {
  return wanted ? [line] : [];
}

function hostname(origin: Origin, isFull: boolean): string {
  const name = shown(origin.hostname);
  return isFull && name !== unknown && origin.hostnameConfirmed === false ? `${name} (unconfirmed)` : name;
}

function protocolLines(identification: Identification, settings: AlertTextSettings): Line[] {
  const { http, tls } = identification;
  const version = http?.version === undefined ? "" : ` HTTP/${http.version}`;
  return [
    ["HTTP", http === undefined ? unknown : shown(`${http.method} ${http.path}${version}`)],
    ["Host", shown(http?.host)],
    ["User-Agent", shown(http?.userAgent)],
    ["SNI", shown(tls?.sni)],
    ["ALPN", shown(tls?.alpn.join(", "))],
    ...only(settings.fingerprints, ["JA3", shown(tls?.ja3)]),
    ...only(settings.fingerprints, ["JA4", shown(tls?.ja4)]),
  ];
}

function extraLines({ identification, via }: Connection): Line[] {
  const { scanner, probe } = identification;
  const lines: Line[] = [];
  if (scanner !== undefined) {
    lines.push(["Scanner", shown(probe === undefined ? scanner : `${scanner} (${probe})`)]);
  }
  const details = detailsOf(identification);
  if (details !== "") lines.push(["Details", shown(details, 600)]);
  if (via !== undefined) lines.push(["Via", endpoint(via)]);
  return lines;
}

/** What a protocol tells that has no lines of its own: `ident=SSH-2.0-Go; hassh=...`. */
function detailsOf(identification: Identification): string {
  const { protocol } = identification;
  if (protocol === "http") return "";
  return (
    protocolFacts(identification)
      // What HASSH is made of has hundreds of characters, and stands in the machine-readable form.
      .filter(([name]) => (protocol === "tls" ? name === "version" : name !== "hasshAlgorithms"))
      .map(([name, text]) => `${name}=${text}`)
      .join("; ")
  );
}

/** The beginnings of our own lines. */
const ownLine =
  /^(?=(?:Timestamp|Peer IP|Port|rDNS|Country|City\/Region|Coords|BytesIn\/Probe|Detected|HTTP|Host|User-Agent|SNI|ALPN|JA3|JA4|Scanner|Details|Via|Payload|Org|Provider|Local|Listener|Suppressed)\b)/gim;

function payloadLines(connection: Connection, { payload }: AlertTextSettings): string[] {
  if (payload === undefined) return [];
  const kept = connection.payload.length;
  if (kept === 0) return [`Payload (none, 0B): ${unknown}`];
  const { mode, text } = payloadText(connection.payload, { ...payload, isCut: connection.bytes > kept });
  return [`Payload (${mode}, ${kept}B):`, text.replace(ownLine, "  ").replace(/\n+$/, "")];
}
