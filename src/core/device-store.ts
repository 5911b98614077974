import type { Address } from "./address.ts";
import type { Audience } from "./delivery.ts";
import type { DeviceName, DeviceRecord, Mac, Neighbour } from "./device.ts";
import type { DiscoveryKind } from "./discovery.ts";
import type { AddressRange } from "./network.ts";

/** Devices remembered at most. Past it, those go first that nobody named or approved and that are gone longest. */
export const maxDevices = 10_000;

/** Addresses of one device remembered at most. */
export const maxAddresses = 32;

/** The devices on the networks that this machine is on, by MAC address. Errors as in `Store`. */
export interface DeviceStore {
  /**
   * Compares a survey with what is known and writes devices, addresses and discoveries, with an open delivery per
   * audience that announces them, all in one transaction. A device is missed only where one of its addresses was asked
   * and none of them answered: see `src/core/compare-devices.ts` for what is news.
   * @returns how many discoveries are announced, by kind
   */
  record(survey: RecordedSurvey): Promise<DeviceNews>;
  /** In order of MAC address; `after` is the last one of the page before. */
  list(query: {
    readonly limit: number;
    readonly after?: Mac;
    /** Only those that have or had this address; of several, the one that has it now, or had it last, comes first. */
    readonly address?: Address;
  }): Promise<readonly DeviceRecord[]>;
  /**
   * Of these devices, those that are unknown or were last asked for names before `namedBefore`, or after `now`: a clock
   * was wrong then.
   */
  dueForNames(query: {
    readonly macs: readonly Mac[];
    readonly namedBefore: number;
    readonly now: number;
  }): Promise<readonly Mac[]>;
  /** @returns whether there is such a device */
  setName(mac: Mac, name: string | undefined): Promise<boolean>;
  setApproved(mac: Mac, approved: boolean): Promise<boolean>;
}

export interface RecordedSurvey {
  /** The watch that met them, or `devices` where they have an audience of their own. */
  readonly watch: string;
  /** The watch whose scan led there, where that is another one: its first survey is a first look at a network. */
  readonly metBy?: string;
  readonly at: number;
  readonly present: readonly Neighbour[];
  /** Of devices that were asked for names: an empty list for one that gave none. */
  readonly names: ReadonlyMap<Mac, readonly DeviceName[]>;
  /** Of the same devices, as far as the registries know them. */
  readonly vendors: ReadonlyMap<Mac, string>;
  /** Addresses whose silence counts. */
  readonly asked: readonly AddressRange[];
  readonly policy: DevicePolicy;
  readonly audiences: readonly Audience[];
}

/** As for services: see `DiscoveryPolicy`. */
interface DevicePolicy {
  /** Surveys in a row that asked for a device and missed it after which it is gone; 1 or more. */
  readonly goneAfter: number;
  readonly flapLimit: number;
  readonly flapWindowMs: number;
}

/** How many discoveries of each kind are announced. */
export type DeviceNews = Readonly<Partial<Record<DiscoveryKind, number>>>;
