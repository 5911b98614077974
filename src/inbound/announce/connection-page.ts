import type { Address } from "../../core/address.ts";
import type { Connection, Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { Identification } from "../../core/identification.ts";
import { protocolFacts } from "../../core/protocol-facts.ts";
import { protocolTitle } from "../../core/protocol-title.ts";
import { withoutTrailing } from "../../core/trailing.ts";
import type { AlertTextSettings, ConnectionAlert } from "../../present/alerts/alert-text.ts";
import { payloadText } from "../../present/alerts/payload-text.ts";
import { coordinates, endpoint, holder, known, location, provider, shown } from "../../present/alerts/place-text.ts";
import { plural } from "../../present/text/plural.ts";
import type { ZonedTime } from "../../present/text/zoned-time.ts";
import { type AlertPage, groupsOf, type Mark } from "./page.ts";
import { devicesText } from "./peer-device.ts";

/** How times are written. */
export interface PageTimes {
  readonly local: ZonedTime;
  readonly utc: ZonedTime;
}

type Row = readonly [label: string, value: string | undefined, look?: "code"];

/** An alert for one connection: decoy, time, peer, request. */
export function connectionPage(alert: ConnectionAlert, settings: AlertTextSettings, time: PageTimes): AlertPage {
  const { connection } = alert;
  const { identification, peer, local, via } = connection;
  return {
    kind: "connection to a decoy port",
    marks: marksOf(identification),
    groups: groupsOf(
      [
        "Decoy",
        ["Decoy port", String(local.port)],
        ["Decoy IP", local.address, "code"],
        ["Listener", known(connection.listener)],
        ["Time", time.local(connection.at)],
        ["Time (UTC)", settings.includeUtc ? time.utc(connection.at) : undefined],
        ["Since the last alert", suppressedText(alert)],
      ],
      ["Peer", ...peerRows(peer.address, alert, settings, ["Peer port", String(peer.port)]), ...viaRow(via)],
      ["Request", ...protocolRows(identification, settings), ["Received", receivedOf(connection)]],
    ),
    lists: [],
    ...payloadOf(connection, settings),
  };
}

function suppressedText({ suppressedBefore, suppressedNetwork }: ConnectionAlert): string | undefined {
  if (suppressedBefore === 0) return undefined;
  const from = suppressedNetwork === undefined ? "this address" : `its network ${suppressedNetwork}`;
  return `${plural(suppressedBefore, "more connection")} from ${from}`;
}

/** Rows about a peer, as far as known and enabled. */
export function peerRows(
  address: Address,
  { origin, devices = [] }: { readonly origin: Origin; readonly devices?: readonly PeerDevice[] | undefined },
  settings: AlertTextSettings,
  ...more: Row[]
): Row[] {
  const name = known(origin.hostname);
  return [
    ["Peer IP", address, "code"],
    ...more,
    ["Device", devicesText(devices)],
    ["rDNS", name !== undefined && origin.hostnameConfirmed === false ? `${name} (unconfirmed)` : name],
    ["Location", location(origin, settings.includeCity)],
    [
      "Coordinates (approx)",
      settings.includeCoordinates ? known(coordinates(origin, settings.coordinatePrecision)) : undefined,
    ],
    ["Network", known(provider(origin))],
    ["Organization", holder(origin)],
  ];
}

function viaRow(via: Connection["via"]): Row[] {
  return via === undefined ? [] : [["Via proxy", endpoint(via), "code"]];
}

function marksOf({ protocol, scanner }: Identification): Mark[] {
  return [
    { look: "info", text: protocolTitle(protocol) },
    ...(scanner === undefined ? [] : [{ look: "warn" as const, text: `Scanner: ${shown(scanner, 60)}` }]),
  ];
}

function protocolRows(identification: Identification, { fingerprints }: AlertTextSettings): Row[] {
  const { protocol, http, tls, ssh, scanner, probe, alsoSentBy, candidates } = identification;
  // No data: the row "Received" shows it.
  const name = protocol === "unknown" ? `unknown${possibly(candidates)}` : protocolTitle(protocol);
  const rows: Row[] = [["Protocol", protocol === "none" ? undefined : name]];
  if (http !== undefined) {
    const version = http.version === undefined ? "" : ` HTTP/${http.version}`;
    rows.push(["HTTP", known(`${http.method} ${http.path}${version}`), "code"]);
    rows.push(["Host", known(http.host), "code"], ["User-Agent", known(http.userAgent)]);
    rows.push(["Upgrade to", known(http.upgrade)], ["Origin", known(http.origin), "code"]);
    rows.push(["Subprotocols", known(http.subprotocols), "code"], ["SOAP action", known(http.soapAction), "code"]);
    rows.push(["Authorization", known(http.authorization)], [triedToLogIn, known(http.user), "code"]);
  } else if (tls !== undefined) {
    rows.push(
      ["TLS version", known(tls.version)],
      ["SNI", known(tls.sni), "code"],
      ["ALPN", known(tls.alpn.join(", "))],
    );
    if (fingerprints) rows.push(["JA3", known(tls.ja3), "code"], ["JA4", known(tls.ja4), "code"]);
  } else if (ssh !== undefined) {
    // The algorithms behind HASSH have hundreds of characters; only the JSON includes them.
    rows.push(["Client", known(ssh.ident), "code"], ["HASSH", known(ssh.hassh), "code"]);
  } else {
    rows.push(...protocolFacts(identification).map(([name, text]): Row => [labelOf(name), known(text), "code"]));
  }
  rows.push(...passwordRows(identification));
  if (scanner !== undefined) rows.push(["Scanner", known(probe === undefined ? scanner : `${scanner} (${probe})`)]);
  if (alsoSentBy !== undefined) {
    const { clients, scanner: name, probe: likewise } = alsoSentBy;
    rows.push(["Typical senders", known(`${clients}; also ${name}'s probe ${likewise}`)]);
  }
  return rows;
}

function passwordRows({ maskedBytes, passwords }: Identification): Row[] {
  if (passwords !== undefined) return [["Passwords", known(passwords.join("  ")), "code"]];
  if (maskedBytes === undefined) return [];
  return [["Passwords", `${plural(maskedBytes, "byte")} of the payload, shown as *; \`passwords: true\` keeps them`]];
}

function possibly(candidates: Identification["candidates"]): string {
  if (candidates === undefined || candidates.length === 0) return "";
  return `, perhaps ${candidates.slice(0, 5).map(protocolTitle).join(" or ")}`;
}

const acronyms: ReadonlyMap<string, string> = new Map([
  ["id", "ID"],
  ["oid", "OID"],
  ["tsap", "TSAP"],
  ["url", "URL"],
]);

const triedToLogIn = "Tried to log in as";

/** Facts whose label differs from their name. */
const labels: ReadonlyMap<string, string> = new Map([
  ["user", triedToLogIn],
  ["userName", triedToLogIn],
  ["login", triedToLogIn],
  ["users", "All users tried"],
  ["environmentUser", "User in its environment"],
  ["from", "Mail from"],
  ["to", "Mail to"],
  ["recipients", "All recipients"],
  ["following", "Then"],
]);

/** The name of a fact, which is ours, as a label: `clientId` is `Client ID`. */
function labelOf(name: string): string {
  const label = labels.get(name);
  if (label !== undefined) return label;
  const words = name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .split(" ")
    .map((word) => acronyms.get(word) ?? word)
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const endWords: { readonly [End in Connection["end"]]?: string } = {
  reset: ", then the client reset the connection",
  "over-limit": "; rejected: too many connections were open",
};

function receivedOf({ bytes, durationMs, end }: Connection): string {
  const amount = bytes === 0 ? "no data" : plural(bytes, "byte");
  return `${amount} in ${Math.round(durationMs)} ms${endWords[end] ?? ""}`;
}

function payloadOf(connection: Connection, { payload }: AlertTextSettings): Pick<AlertPage, "payload"> {
  const kept = connection.payload.length;
  if (payload === undefined || kept === 0) return {};
  const isCut = connection.bytes > kept;
  const { mode, text } = payloadText(connection.payload, { ...payload, isCut });
  const amount = isCut ? `the first ${kept} of ${connection.bytes} bytes` : plural(kept, "byte");
  return { payload: { label: `Payload (${mode}, ${amount})`, text: withoutTrailing(text, "\n") } };
}
