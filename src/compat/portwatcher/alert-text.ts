import type { Connection } from "../../core/connection.ts";
import type { Identification } from "../../core/identification.ts";
import { safeText } from "../../core/safe-text.ts";
import { withoutTrailing } from "../../core/trailing.ts";
import type { AlertTextSettings, ConnectionAlert, MakeAlertLayout } from "../../present/alerts/alert-text.ts";
import { payloadText } from "../../present/alerts/payload-text.ts";
import {
  coordinates,
  endpoint,
  joined,
  placeAndAddress,
  provider,
  shown,
  unknown,
} from "../../present/alerts/place-text.ts";
import { type ZonedTime, zonedTime } from "../../present/text/zoned-time.ts";
import { protocolName } from "./protocol-name.ts";

/** Network names are untrusted and must not fill a screen. */
const maxSubjectCharacters = 250;

/** Alerts for connections with the subject and the lines of the earlier Portwatcher. */
export const portwatcherAlertLayout: MakeAlertLayout = (settings) => {
  const times = { local: zonedTime(settings.timeZone), utc: zonedTime("UTC") };
  return {
    subject: ({ origin, connection }) =>
      safeText(placeAndAddress(origin, connection.peer.address), { limit: maxSubjectCharacters }),
    text: (alert) => connectionText(alert, settings, times),
  };
};

type Line = readonly [label: string, value: string];

/**
 * The text of an alert as the earlier Portwatcher wrote it: all lines, `Label: value`, `-` where unknown, in this
 * order.
 * - `Timestamp`: when the connection was accepted, ISO 8601 with offset. `Timestamp (UTC)`: the same in UTC, if wanted.
 * - `Peer IP`, `Port`: the peer's address and the port that it came from. What it connected to is `Local`.
 * - `rDNS`: the peer's name.
 * - `Country`: `DE / Germany`. `City/Region`: `Heidelberg / Baden-Württemberg`, if wanted. `Coords (approx)`:
 *   `49.41, 8.69`, if wanted.
 * - `BytesIn/Probe`: `78 in 12ms`: bytes received, and for how long it lasted.
 * - `Detected`: the protocol.
 * - `HTTP`: method, target and version. `Host`, `User-Agent`. `SNI`, `ALPN` (separated by commas), and where wanted
 *   `JA3`, `JA4`.
 * - `Payload (MODE, NB)`: with the bytes kept, then the payload on the lines below, if wanted. A line of it that
 *   begins like one of ours is indented by two spaces, so that a client cannot forge lines of this text.
 * - `Org`, `Provider` (`AS64500 Example Carrier`), `Local` (`ADDRESS:PORT`).
 * - `Suppressed (since last notify for this IP)`: a number.
 */
function connectionText(alert: ConnectionAlert, settings: AlertTextSettings, time: Times): string {
  const { connection, origin, suppressedBefore } = alert;
  const lines: Line[] = [
    ["Timestamp", time.local(connection.at)],
    ...only(settings.includeUtc, ["Timestamp (UTC)", time.utc(connection.at)]),
    ["Peer IP", connection.peer.address],
    ["Port", String(connection.peer.port)],
    ["rDNS", shown(origin.hostname)],
    ["Country", joined(origin.countryCode, origin.country)],
    ...only(settings.includeCity, ["City/Region", joined(origin.city, origin.region)]),
    ...only(settings.includeCoordinates, ["Coords (approx)", coordinates(origin, settings.coordinatePrecision)]),
    ["BytesIn/Probe", `${connection.bytes} in ${Math.round(connection.durationMs)}ms`],
    ["Detected", protocolName(connection.identification.protocol)],
    ...protocolLines(connection.identification, settings),
  ];
  const after: Line[] = [
    ["Org", shown(origin.organization)],
    ["Provider", provider(origin)],
    ["Local", endpoint(connection.local)],
    ["Suppressed (since last notify for this IP)", String(suppressedBefore)],
  ];
  return [...lines.map(written), ...payloadLines(connection, settings), ...after.map(written), ""].join("\n");
}

/** The formats of instants. */
interface Times {
  readonly local: ZonedTime;
  readonly utc: ZonedTime;
}

function written([label, value]: Line): string {
  return `${label}: ${value}`;
}

function only(wanted: boolean, line: Line): Line[] {
  return wanted ? [line] : [];
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

/** The beginnings of our own lines. */
const ownLine =
  /^(?=(?:Timestamp|Peer IP|Port|rDNS|Country|City\/Region|Coords|BytesIn\/Probe|Detected|HTTP|Host|User-Agent|SNI|ALPN|JA3|JA4|Payload|Org|Provider|Local|Suppressed)\b)/gim;

function payloadLines(connection: Connection, { payload }: AlertTextSettings): string[] {
  if (payload === undefined) return [];
  const kept = connection.payload.length;
  if (kept === 0) return [`Payload (none, 0B): ${unknown}`];
  const { mode, text } = payloadText(connection.payload, { ...payload, isCut: connection.bytes > kept });
  return [`Payload (${mode}, ${kept}B):`, withoutTrailing(text.replace(ownLine, "  "), "\n")];
}
