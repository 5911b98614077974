import type { Endpoint, Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import type { Alert } from "../alert/alert.ts";

/** Maximum number of payload bytes in JSON, before base64. */
const maxPayloadBytes = 2048;

/**
 * An alert for programs: one JSON object with a line end. The keys are a contract: new ones may be added, none is
 * removed.
 * - `type`: `connection`, `summary` or `digest`; `version`: 1.
 * - connection: `id`, `listener`, `time` (ISO 8601, UTC), `peer`, `local` and `via` (`address`, `port`), `bytes`,
 *   `durationMs`, `end`, `phase`, then the identification (`protocol`, `tls`, `http`, `ssh`, ... as
 *   `harbinger identify` prints it), `payload` (`encoding`: `base64`, `data`, `bytes`: how many were kept), `origin`,
 *   `suppressedBefore`, and `suppressedNetwork` where addresses of one IPv6 /64 were counted together.
 * - summary: `address`, `connections`, `firstTime`, `lastTime`, `ports`, `morePorts`, `protocols`, `origin`; where
 *   addresses
 *   of one IPv6 /64 were counted together, `network` (then `address` is the last of them) and, of more than one,
 *   `addresses` (`moreAddresses`: at least so many).
 * - both: `device` (`mac`, `name`, `vendor`), where the peer is a known device on an own network; `devices`, a list of such, where
 *   several devices have its address.
 * - digest: `connections`, `firstTime`, `lastTime`, `addresses`, `moreAddresses`, `ports`, `countries`, and the lists
 *   `topAddresses`, `topPorts`, `topCountries`, `protocols`.
 *
 * Untrusted text is included as JSON strings: programs that show it must still escape it.
 */
export function alertJson(alert: Alert, settings: AlertTextSettings): string {
  return `${JSON.stringify(jsonValue(alert, settings))}\n`;
}

function jsonValue(alert: Alert, settings: AlertTextSettings): object {
  if (alert.kind === "digest") {
    const { firstAt, lastAt, ...digest } = alert.digest;
    return { type: "digest", version: 1, firstTime: utc(firstAt), lastTime: utc(lastAt), ...digest };
  }
  if (alert.kind === "summary") {
    const { firstAt, lastAt, ...burst } = alert.burst;
    const origin = originOf(alert.origin, settings);
    return {
      type: "summary",
      version: 1,
      firstTime: utc(firstAt),
      lastTime: utc(lastAt),
      ...burst,
      origin,
      ...devicesOf(alert),
    };
  }
  const { connection } = alert;
  const { payload, identification } = connection;
  return {
    type: "connection",
    version: 1,
    id: connection.id,
    listener: connection.listener,
    time: utc(connection.at),
    peer: endpointOf(connection.peer),
    local: endpointOf(connection.local),
    via: connection.via === undefined ? undefined : endpointOf(connection.via),
    bytes: connection.bytes,
    durationMs: connection.durationMs,
    end: connection.end,
    phase: connection.phase,
    ...identification,
    payload:
      settings.payload === undefined ? undefined : { encoding: "base64", data: base64(payload), bytes: payload.length },
    origin: originOf(alert.origin, settings),
    ...devicesOf(alert),
    suppressedBefore: alert.suppressedBefore,
    suppressedNetwork: alert.suppressedNetwork,
  };
}

function base64(bytes: Uint8Array): string {
  const length = Math.min(bytes.length, maxPayloadBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("base64");
}

function endpointOf({ address, port }: Endpoint): object {
  return { address, port };
}

function devicesOf({ devices = [] }: { readonly devices?: readonly PeerDevice[] | undefined }): object {
  const [device, ...others] = devices.map(({ name, vendor, mac }) => ({ mac, name, vendor }));
  return device === undefined || others.length === 0 ? { device } : { devices: [device, ...others] };
}

/** Leaves out what the settings exclude. */
function originOf(origin: Origin, settings: AlertTextSettings): object {
  const { city, region, latitude, longitude, ...rest } = origin;
  const rounded = (degrees: number) => Number(degrees.toFixed(settings.coordinatePrecision));
  return {
    ...rest,
    ...(settings.includeCity ? { city, region } : {}),
    ...(settings.includeCoordinates && latitude !== undefined && longitude !== undefined
      ? { latitude: rounded(latitude), longitude: rounded(longitude) }
      : {}),
  };
}

function utc(at: number): string {
  return new Date(Number.isFinite(at) ? Math.min(Math.max(at, -8.64e15), 8.64e15) : 0).toISOString();
}
