import type { Address } from "../../../core/address.ts";
import type { Neighbour } from "../../../core/device.ts";

/** One way to learn names of addresses. It never rejects; what it found when the signal comes is the result. */
export interface AddressNames {
  namesOf(neighbours: readonly Neighbour[], signal: AbortSignal): Promise<ReadonlyMap<Address, string>>;
}
