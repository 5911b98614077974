import type { Address } from "./address.ts";
import type { DeviceBrief } from "./device.ts";
import type { Port } from "./ports.ts";

/**
 * What changed in what a watch sees.
 * - `new`: never seen by this watch before.
 * - `gone`: missed by as many covered scans in a row as the watch asks for.
 * - `returned`: seen again after it was gone.
 * - `flapping`: gone and back so often that further changes stay quiet until it settles. Said once.
 * - `changed`: another product or version answers, or what was exposed is protected now.
 * - `exposed`: it answers without authentication, and this watch did not know that.
 * - `certificate-new`: a known service shows a certificate for the first time.
 * - `certificate-changed`: another certificate: its fingerprint, its issuer or its key.
 * - `certificate-expiring`: a certificate of its chain has come to a step of the ladder of 30, 14, 7 and 1 days.
 * - `certificate-expired`: a certificate of its chain has ended.
 * - `device-new`: a MAC address that was never met on the networks that this machine is on.
 * - `device-gone`, `device-returned`: as for services.
 * - `device-address-changed`: a known device has another IPv4 address.
 * - `address-moved`: an address that one device had answers with the MAC address of another, which is still there itself.
 * - `scan-failed`: the watch could not look. It has no address.
 */
export type DiscoveryKind =
  | "new"
  | "gone"
  | "returned"
  | "flapping"
  | "changed"
  | "exposed"
  | "certificate-new"
  | "certificate-changed"
  | "certificate-expiring"
  | "certificate-expired"
  | "device-new"
  | "device-gone"
  | "device-returned"
  | "device-address-changed"
  | "address-moved"
  | "scan-failed";

export interface Discovery {
  readonly id: number;
  readonly watch: string;
  readonly scanId: number;
  readonly kind: DiscoveryKind;
  readonly at: number;
  readonly address?: Address;
  /** `everyPort` where all tried ports of the host answer. */
  readonly port?: Port;
  /**
   * When the service was first and last seen by this watch; milliseconds since the epoch. For `gone`, `returned` and
   * `flapping` the last time before that.
   */
  readonly firstSeen?: number;
  readonly lastSeen?: number;
  readonly hostname?: string;
  readonly mac?: string;
  readonly vendor?: string;
  readonly product?: string;
  /** Of the product. */
  readonly version?: string;
  /** The device that it is about, or that has this address now. */
  readonly device?: DeviceBrief;
  /** Of `new`: the host was known before this scan began, by another port or to another watch. */
  readonly isKnownHost?: boolean;
  /** The reason of a failed scan, or what changed. Made safe. */
  readonly detail?: string;
  /** What the watch's post-command and checks said, made safe and bounded; absent until they ran. */
  readonly evidence?: string;
  /** True for what is new in the first look of its watch (see `SettledScan.firstScan`), when everything is new. */
  readonly firstScan: boolean;
}
