import type { Connection, Origin } from "../../core/connection.ts";
import type { PeerDevice } from "../../core/device.ts";
import type { Burst } from "./burst.ts";
import type { Digest } from "./digest.ts";

/** Something to tell the owner. */
export type Alert =
  | {
      readonly kind: "connection";
      readonly connection: Connection;
      readonly origin: Origin;
      /** Where the peer is on an own network. */
      readonly device?: PeerDevice;
      /** Connections of this address that were kept quiet since it was last told of. */
      readonly suppressedBefore: number;
      /** The IPv6 /64 of which they were, where other addresses of it made some of them. */
      readonly suppressedNetwork?: string | undefined;
    }
  /** An address that was kept quiet has fallen silent. */
  | { readonly kind: "summary"; readonly burst: Burst; readonly origin: Origin; readonly device?: PeerDevice }
  | { readonly kind: "digest"; readonly digest: Digest };

/** How alerts look. */
export interface AlertTextSettings {
  /**
   * `classic`: for a connection the subject and the lines of the earlier Portwatcher, every one of them, as plain text.
   * `full`: ours, which says who did what where, leaves out what is not known.
   */
  readonly style: "classic" | "full";
  /** Mails have an HTML part; not in the classic style. */
  readonly html: boolean;
  /** IANA name; without it the zone of the system. */
  readonly timeZone?: string;
  /** A second line with the time in UTC. */
  readonly includeUtc: boolean;
  readonly includeCity: boolean;
  readonly includeCoordinates: boolean;
  /** Decimal places of coordinates, 0 to 6. */
  readonly coordinatePrecision: number;
  /** The first bytes; without it they stay out of alerts. */
  readonly payload?: {
    readonly mode: "auto" | "text" | "hex" | "base64";
    readonly maxChars: number;
    readonly stripControl: boolean;
  };
  /** JA3 and JA4 of TLS clients. */
  readonly fingerprints: boolean;
}
