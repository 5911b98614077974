import type { Address } from "./address.ts";
import type { Audience } from "./delivery.ts";
import type { DeviceName, DeviceRecord, Mac, Neighbour } from "./device.ts";
import type { AddressRange } from "./network.ts";
import type { DiscoveryPolicy } from "./store.ts";

export interface DeviceStore {
  /**
   * Compares a survey with what is known and writes devices, addresses and discoveries, with an open delivery per
   * audience that announces them, all in one transaction.
   * @returns how many discoveries were made, by kind
   */
  record(survey: {
    /** The watch that met them, or `devices` where they have an audience of their own. */
    readonly watch: string;
    readonly at: number;
    readonly present: readonly Neighbour[];
    readonly names: ReadonlyMap<Mac, readonly DeviceName[]>;
    readonly asked: readonly AddressRange[];
    readonly policy: DiscoveryPolicy;
    readonly audiences: readonly Audience[];
  }): Promise<number>;
  list(query: {
    readonly limit: number;
    readonly after?: Mac;
    readonly address?: Address;
  }): Promise<readonly DeviceRecord[]>;
  /** Addresses of devices that are not gone, to be asked in a survey; the latest seen first. */
  knownAddresses(limit: number): Promise<readonly Address[]>;
  /** @returns whether there is such a device */
  setName(mac: Mac, name: string | undefined): Promise<boolean>;
  setApproved(mac: Mac, approved: boolean): Promise<boolean>;
}
