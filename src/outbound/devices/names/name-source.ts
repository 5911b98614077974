import type { Address } from "../../../core/address.ts";
import type { Neighbour } from "../../../core/device.ts";

/** One source of names. It never rejects; after an abort the result is what it found before. */
export interface AddressNames {
  namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>>;
}
