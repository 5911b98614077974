/**
 * What a report tells in its own words: discoveries of one thing joined to one finding. A host that is new on four ports
 * and whose MAC address was never met is four or five discoveries, and one finding.
 */
import type { Address } from "../../core/address.ts";
import type { DeviceBrief } from "../../core/device.ts";
import type { FindingType } from "../../core/discovery-kinds.ts";
import type { Port } from "../../core/ports.ts";

export interface Finding {
  readonly type: FindingType;
  /** It cannot wait: exposed, expired, an address that moved or is used twice, or back after a long absence. */
  readonly isUrgent: boolean;
  /** The address that it is said of first. Empty where none is known. */
  readonly addresses: readonly Address[];
  /** The device's name, else the host's. Not made safe. */
  readonly name?: string | undefined;
  /** The device that it is about, or that has the address. */
  readonly device?: DeviceBrief | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  /** What answers there, each once. Not made safe. */
  readonly products: readonly string[];
  readonly ports: readonly FoundPort[];
  /** What was found, each once. Not made safe. */
  readonly details: readonly string[];
  /** When it was discovered, the latest time. */
  readonly at: number;
  readonly firstSeen?: number | undefined;
  readonly lastSeen?: number | undefined;
  /** Of what is back: how long it was away, in milliseconds. */
  readonly absentMs?: number | undefined;
  /** Found by the first complete scan, in which everything is new. */
  readonly isFirstScan: boolean;
  /** Who found it, in the order of the report. */
  readonly watches: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface FoundPort {
  readonly port: Port;
  /** What its watch calls it: `SSH`. */
  readonly label?: string | undefined;
}

/** What checks or a command said of one host or service. */
export interface Evidence {
  readonly address?: Address | undefined;
  readonly port?: Port | undefined;
  /** Not made safe; may have many lines. */
  readonly text: string;
}

/** Away for so long and back: a machine that was forgotten, or that nobody expected back. */
export const longAbsenceMs = 7 * 24 * 60 * 60 * 1000;
