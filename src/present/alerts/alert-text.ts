import type { Connection, Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";

/** A connection to a decoy port, with what is known about its peer. */
export interface ConnectionAlert {
  readonly connection: Connection;
  readonly origin: Origin;
  /** The known devices that have the peer's address, on an own network: of several, any can be the peer. */
  readonly devices?: readonly PeerDevice[] | undefined;
  /** Connections of this address that were suppressed since the last alert about it. */
  readonly suppressedBefore: number;
  /** The IPv6 /64 that they came from, where other addresses of it made some of them. */
  readonly suppressedNetwork?: string | undefined;
}

/** How alerts look. */
export interface AlertTextSettings {
  /** Mails have an HTML part. */
  readonly html: boolean;
  /** IANA name. Default: the time zone of the system. */
  readonly timeZone?: string | undefined;
  /** A second line with the time in UTC. */
  readonly includeUtc: boolean;
  readonly includeCity: boolean;
  readonly includeCoordinates: boolean;
  /** Decimal places of coordinates, 0 to 6. */
  readonly coordinatePrecision: number;
  /** How the first bytes are shown. Absent: alerts do not show them. */
  readonly payload?:
    | {
        readonly mode: "auto" | "text" | "hex" | "base64";
        readonly maxChars: number;
        readonly stripControl: boolean;
      }
    | undefined;
  /** JA3 and JA4 of TLS clients. */
  readonly fingerprints: boolean;
}

/** Alerts for connections in a layout other than the current one, as plain text. */
export interface ConnectionAlertLayout {
  readonly subject: (alert: ConnectionAlert) => string;
  readonly text: (alert: ConnectionAlert) => string;
}

/** @throws RangeError for an unknown time zone */
export type MakeAlertLayout = (settings: AlertTextSettings) => ConnectionAlertLayout;
