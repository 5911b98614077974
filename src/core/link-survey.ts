import type { Address } from "./address.ts";
import type { DeviceName, Mac, Neighbour } from "./device.ts";
import type { AddressRange } from "./network.ts";

/** A network that this machine is on, as configured on one of its interfaces. */
export interface Link {
  /** Name of the interface. */
  readonly name: string;
  readonly range: AddressRange;
  /** This machine's own address and MAC address on it. */
  readonly address: Address;
  readonly mac: Mac;
}

/** Finds the hosts on the networks that this machine is on. It never probes an address that `isAllowed` rejects. */
export interface LinkSurveyor {
  /**
   * Probes the addresses of `ranges` that are on-link (IPv4; IPv6 is never swept) and all of `known`, where they have
   * not answered since `since`, and all others by multicast where the privileges allow it. Ends within a second of an aborted
   * `signal`. Expected failures are notes, never exceptions.
   */
  survey(request: SurveyRequest, signal: AbortSignal): Promise<LinkSurvey>;
}

export interface SurveyRequest {
  /** What the watch covers: see `Coverage`. Only its on-link part is probed. */
  readonly ranges: readonly AddressRange[];
  /** Addresses of devices that are already known; also IPv6. */
  readonly known: readonly Address[];
  /** Milliseconds since the epoch: an address that the kernel confirmed since then is not probed. */
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

/** Finds names for devices; bounded in time and number. Texts are safe. A failure gives no name. */
export interface DeviceNamer {
  names(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Mac, readonly DeviceName[]>>;
}
