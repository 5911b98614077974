/**
 * One entry of a report: the discoveries of one host, device or service joined. A host that is new on four ports and has a
 * new MAC address is five discoveries, and one finding.
 */
import type { Address } from "../../core/address.ts";
import type { DeviceBrief } from "../../core/device.ts";
import type { Acknowledgement, DiscoveryEnd } from "../../core/discovery.ts";
import type { FindingType } from "../../core/discovery-kinds.ts";
import type { Port } from "../../core/ports.ts";

export interface Finding {
  readonly type: FindingType;
  /** Exposed, expired, an address that moved or is used twice, or back after a long absence; and it is not over. */
  readonly isUrgent: boolean;
  /** The main address first. Empty if none is known. */
  readonly addresses: readonly Address[];
  /** The device's name, else the host's. Not made safe. */
  readonly name?: string | undefined;
  /** The device that it is about, or that has the address. */
  readonly device?: DeviceBrief | undefined;
  /** It is gone from its address, which this device had, and has others now. */
  readonly movedDevice?: DeviceBrief | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  /** What answers there, each once. Not made safe. */
  readonly products: readonly string[];
  readonly ports: readonly FoundPort[];
  /** What was found, each once. Not made safe. */
  readonly details: readonly string[];
  /** When it was last discovered. */
  readonly at: number;
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
  /** If it is back: how long it was gone, in milliseconds. */
  readonly absentMs?: number | undefined;
  /** Found by the first complete scan, in which everything is new. */
  readonly isFirstScan: boolean;
  /** The watches that found it, in the order of the report. */
  readonly watches: readonly string[];
  readonly evidence: readonly Evidence[];
  /** A mute kept all of its discoveries out of reports, or some of them. */
  readonly muted?: "all" | "some" | undefined;
  /** All of it is over, or some: each end that it has, once. */
  readonly ended?: { readonly of: "all" | "some"; readonly ends: readonly FindingEnd[] } | undefined;
  /** Somebody has acknowledged its discoveries; the latest acknowledgement. */
  readonly acknowledged?: (Acknowledgement & { readonly of: "all" | "some" }) | undefined;
}

export interface FoundPort {
  readonly port: Port;
  /** The label of the watch: `SSH`. */
  readonly label?: string | undefined;
}

/** What is over on some ports. */
export interface FindingEnd extends DiscoveryEnd {
  readonly ports: readonly Port[];
}

/** The output of checks or of a command for one host or service. */
export interface Evidence {
  readonly address?: Address | undefined;
  readonly port?: Port | undefined;
  /** Not made safe; may have many lines. */
  readonly text: string;
}

/** A return after a longer absence is urgent: nobody may expect the machine any more. */
export const longAbsenceMs = 7 * 24 * 60 * 60 * 1000;
