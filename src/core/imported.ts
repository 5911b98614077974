import type { Address } from "./address.ts";
import type { DeviceName, Mac } from "./device.ts";
import type { Port } from "./ports.ts";
import type { ServiceVersion, Sighting } from "./sighting.ts";

/** An open port in the output of another program, with the time at which that program saw it. */
export interface TimedSighting extends Sighting {
  /** Milliseconds since the epoch. Absent where the output does not contain it. */
  readonly seenAt?: number | undefined;
}

/**
 * What one record of another program's output means.
 * - `sightings`: open TCP ports; none for closed ports or UDP.
 * - `nothing`: a record of the format without a port.
 * - `bad`: it does not match the format.
 */
export type ScanRecordReading =
  | { readonly kind: "sightings"; readonly sightings: readonly TimedSighting[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "bad"; readonly reason: string };

/** A service that another program knew. Times are milliseconds since the epoch; text is from outside and not yet made safe. */
export interface ImportedService {
  readonly address: Address;
  readonly port: Port;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly hostname?: string | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly service?: ServiceVersion | undefined;
}

/** A device that another program knew. */
export interface ImportedDevice {
  readonly mac: Mac;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The name that its owner gave it there. */
  readonly name?: string | undefined;
  /** What it is called by others. */
  readonly names: readonly DeviceName[];
  readonly vendor?: string | undefined;
  /** Its owner approved it there. */
  readonly approved: boolean;
  readonly addresses: readonly ImportedAddress[];
}

interface ImportedAddress {
  readonly address: Address;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What one record of another program's devices means. `nothing`: a row of the format that is not a device. */
export type DeviceReading =
  | { readonly kind: "device"; readonly device: ImportedDevice }
  | { readonly kind: "nothing" }
  | { readonly kind: "bad"; readonly reason: string };
