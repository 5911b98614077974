import type { Address } from "../../core/address.ts";
import type { Origin } from "../../core/connection.ts";
import { formatPorts, type Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { placeAndAddress } from "../../present/alerts/place-text.ts";
import { plural } from "../../present/text/plural.ts";
import type { Alert } from "../alert/alert.ts";
import { type Burst, sharedNetwork } from "../alert/burst.ts";
import type { Digest } from "../alert/digest.ts";
import { connectionSummary } from "./connection-summary.ts";
import { durationText } from "./duration-text.ts";
import { devicesAndAddress } from "./peer-device.ts";

/** Network names are untrusted and must not fill a screen. */
const maxCharacters = 250;

/** A title lists up to this many ports; of more it gives the number. */
const maxPortsNamed = 4;

type TitleSettings = Pick<AlertTextSettings, "includeCity">;

/**
 * One line, safe to show: the subject of a mail and the title of a push message.
 * - `DE Heidelberg 192.0.2.7 knocked on port 22 (SSH-2.0-Go)`
 * - `Anna's phone (192.168.50.66) knocked on port 1417 (GET /admin)`, where it is a known device;
 *   `192.168.50.66 (used by two devices: a6:5e:60:12:34:56, 00:11:32:00:00:10) knocked on ...`, where it is not certain which one
 * - `7 more connections from 192.0.2.7 on port 1417`
 * - `7 more connections from 3 addresses of 2001:db8:0:1::/64 on port 1417`, where they share a cooldown
 * - `23 addresses knocked in 10 minutes (most: port 22)`
 */
export function alertTitle(alert: Alert, settings: TitleSettings): string {
  return safeText(titleOf(alert, settings), { limit: maxCharacters });
}

function titleOf(alert: Alert, settings: TitleSettings): string {
  switch (alert.kind) {
    case "connection": {
      const { connection } = alert;
      const who = whoOf(alert, connection.peer.address, settings);
      return `${who} knocked on port ${connection.local.port} (${connectionSummary(connection)})`;
    }
    case "summary": {
      const { burst } = alert;
      const who = burstOf(alert, settings);
      return `${plural(burst.connections, "more connection")} from ${who} on ${portsOf(burst)}`;
    }
    case "digest":
      return digestTitle(alert.digest);
  }
}

/** A known device is more informative than the place of its address. */
function whoOf(
  { origin, devices = [] }: Exclude<Alert, { kind: "digest" }>,
  address: Address,
  settings: TitleSettings,
) {
  return devicesAndAddress(devices, address) ?? placeAndAddress(shownOrigin(origin, settings), address);
}

/** A device has one address; a burst of several addresses is not attributed to it. */
function burstOf(alert: Extract<Alert, { kind: "summary" }>, settings: TitleSettings): string {
  const { burst, origin } = alert;
  const network = sharedNetwork(burst);
  if (network === undefined) return whoOf(alert, burst.address, settings);
  const many = `${burst.moreAddresses === true ? "more than " : ""}${burst.addresses} addresses of`;
  return `${many} ${placeAndAddress(shownOrigin(origin, settings), network)}`;
}

function shownOrigin(origin: Origin, { includeCity }: TitleSettings): Origin {
  if (includeCity) return origin;
  const { city: _city, region: _region, ...rest } = origin;
  return rest;
}

function portsOf({ ports, morePorts }: Burst): string {
  if (morePorts) return `more than ${ports.length} ports`;
  if (ports.length === 1) return `port ${ports[0]}`;
  return ports.length <= maxPortsNamed ? `ports ${formatPorts(ports)}` : `${ports.length} ports`;
}

function digestTitle(digest: Digest): string {
  const { addresses, moreAddresses, topAddresses, connections, firstAt, lastAt } = digest;
  const span = durationText(lastAt - firstAt);
  const [only] = topAddresses;
  const who =
    addresses === 1 && !moreAddresses && only !== undefined
      ? `${placeAndAddress(only, only.address)} knocked ${connections === 1 ? "once" : `${connections} times ${span}`}`
      : `${moreAddresses ? "More than " : ""}${plural(addresses, "address", "addresses")} knocked ${span}`;
  return `${who}${mostOf(digest.topPorts, digest.ports)}`;
}

function mostOf(busiest: readonly { readonly port: Port }[], ports: number): string {
  const [first] = busiest;
  if (first === undefined) return "";
  return ports === 1 ? ` on port ${first.port}` : ` (most: port ${first.port})`;
}
