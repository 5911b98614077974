import type { Address } from "./address.ts";
import type { DeviceBrief } from "./device.ts";
import type { DiscoveryKind } from "./discovery-kinds.ts";
import type { Port } from "./ports.ts";

export interface Discovery {
  readonly id: number;
  readonly watch: string;
  readonly scanId: number;
  readonly kind: DiscoveryKind;
  readonly at: number;
  readonly address?: Address | undefined;
  /** `everyPort` where all tried ports of the host answer. */
  readonly port?: Port | undefined;
  /**
   * When the service was first and last seen by this watch; milliseconds since the epoch. For `gone`, `returned` and
   * `flapping` the last time before that.
   */
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
  readonly hostname?: string | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  /** Of the product. */
  readonly version?: string | undefined;
  /** The device that it is about, or that has this address now. */
  readonly device?: DeviceBrief | undefined;
  /** Of `gone`: the device that had this address then, and answers at others now; nothing has this address. */
  readonly movedDevice?: DeviceBrief | undefined;
  /** Of `new`: the host was known before this scan began, by another port or to another watch. */
  readonly isKnownHost?: boolean | undefined;
  /**
   * Of what a survey found of a device: the addresses that it is about, in order, bounded. Absent where they were not recorded, as by earlier
   * versions.
   */
  readonly addresses?: readonly Address[] | undefined;
  /** The reason of a failed scan, or what changed. Made safe. */
  readonly detail?: string | undefined;
  /** What the watch's post-command and checks said, made safe and bounded; absent until they ran. */
  readonly evidence?: string | undefined;
  /** True for what is new in the first look of its watch (see `ScanSummary.firstScan`), when everything is new. */
  readonly firstScan: boolean;
  /** A mute covered it when it was recorded, or the beginning of what it ends, until then: it was not announced. */
  readonly mutedUntil?: number | undefined;
  /** Somebody has seen it. */
  readonly acknowledged?: Acknowledgement | undefined;
  /**
   * What was discovered is over, and not urgent any more. Of exposed services, expired certificates and contested addresses; among what a delivery announces
   * also of everything else of a service that is gone.
   */
  readonly ended?: DiscoveryEnd | undefined;
}

/**
 * Why an exposed service or an expired certificate is over: a check showed that the service is `protected`, or that it presents only
 * certificates that are valid (`replaced`), or the same watch discovered it once more (`found-again`), or no watch sees the service any
 * more (`gone`); or why an address is not contested any more: see `endedClaims` (`no-conflict`). After all but `gone` it may have begun
 * again: then another discovery says so.
 */
export interface DiscoveryEnd {
  readonly by: "protected" | "replaced" | "no-conflict" | "found-again" | "gone";
  /** Of the check, or when the last watch found it gone; milliseconds since the epoch. */
  readonly at?: number;
}

/** Who has seen a discovery, when, and what they say about it. It changes nothing about deliveries. */
export interface Acknowledgement {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of the account; empty where nobody has to log in. */
  readonly by: string;
  /** Made safe; may be empty. */
  readonly note: string;
}
