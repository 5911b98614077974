import type { Connection, Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { Burst } from "./burst.ts";
import type { Digest } from "./digest.ts";

/** What the owner is alerted to. */
export type Alert =
  | {
      readonly kind: "connection";
      readonly connection: Connection;
      readonly origin: Origin;
      /** The known device that has the peer's address, on an own network. */
      readonly device?: PeerDevice | undefined;
      /** Connections of this address that were suppressed since the last alert about it. */
      readonly suppressedBefore: number;
      /** The IPv6 /64 that they came from, where other addresses of it made some of them. */
      readonly suppressedNetwork?: string | undefined;
    }
  /** A burst is over: the suppressed address has stopped connecting. */
  | {
      readonly kind: "summary";
      readonly burst: Burst;
      readonly origin: Origin;
      readonly device?: PeerDevice | undefined;
    }
  | { readonly kind: "digest"; readonly digest: Digest };

/** How alerts look. */
export interface AlertTextSettings {
  /**
   * `classic`: for a connection, the subject and all lines of the earlier Portwatcher, as plain text. `full`: our own
   * layout, without lines for what is unknown.
   */
  readonly style: "classic" | "full";
  /** Mails have an HTML part; not in the classic style. */
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
  readonly payload?: {
    readonly mode: "auto" | "text" | "hex" | "base64";
    readonly maxChars: number;
    readonly stripControl: boolean;
  };
  /** JA3 and JA4 of TLS clients. */
  readonly fingerprints: boolean;
}
