import type { Address } from "./address.ts";
import type { DeviceName, Mac, Neighbour } from "./device.ts";
import type { AddressRange } from "./network.ts";

/** A network that this machine is on, as one of its interfaces has it. */
export interface Link {
  /** Name of the interface. */
  readonly name: string;
  readonly range: AddressRange;
  /** This machine's own address and MAC address on it. */
  readonly address: Address;
  readonly mac: Mac;
}

/** Finds out who is on the networks that this machine is on. It never asks an address that `isAllowed` refuses. */
export interface LinkSurveyor {
  /**
   * Looks who is there. Addresses of `ranges` that are on-link (IPv4; IPv6 is never swept) and all of `known` are probed
   * where they have not answered since `since`; multicast asks the rest where the privileges allow it. Ends within a second of an aborted
   * `signal`. Expected failures are notes, never exceptions.
   */
  survey(request: SurveyRequest, signal: AbortSignal): Promise<LinkSurvey>;
}

export interface SurveyRequest {
  /** What the watch covers: see `Coverage`. Only its on-link part is probed. */
  readonly ranges: readonly AddressRange[];
  /** Addresses of devices that are already known; also IPv6. */
  readonly known: readonly Address[];
  /** Milliseconds since the epoch: an entry that the kernel confirmed since then needs no question. */
  readonly since: number;
  readonly isAllowed: (address: Address) => boolean;
}

export interface LinkSurvey {
  /** Answered since `since`: several addresses of one device are several entries. Without this machine itself. */
  readonly present: readonly Neighbour[];
  /** Addresses that were probed, so that silence counts as absence: law 5. On-link only. */
  readonly probed: readonly AddressRange[];
  /** In words: `no permission to send ARP requests (CAP_NET_RAW): the kernel's neighbour table was read`. */
  readonly notes: readonly string[];
}

/** Finds names for devices; bounded in time and number. Texts are safe. Failures are no names. */
export interface DeviceNamer {
  names(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Mac, readonly DeviceName[]>>;
}
