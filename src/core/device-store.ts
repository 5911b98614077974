import type { Address } from "./address.ts";
import type { Audience } from "./delivery.ts";
import type { DeviceName, DeviceRecord, Mac, Neighbour } from "./device.ts";
import type { DiscoveryKind } from "./discovery-kinds.ts";
import type { AddressRange } from "./network.ts";
import type { Page, PageQuery } from "./page.ts";
import type { ChosenGroup, Grouping, RowGroup } from "./row-groups.ts";

/**
 * Devices stored at most. Past it, devices that were never named or approved are deleted first, longest gone first.
 */
export const maxDevices = 10_000;

/** Addresses stored per device at most. */
export const maxAddresses = 32;

/** The devices on the networks that this machine is on, by MAC address. Errors as in `Store`. */
export interface DeviceStore {
  /**
   * Compares a survey with what is known and writes devices, addresses and discoveries, with an open delivery per
   * audience that announces them, all in one transaction. A device is missed only where one of its addresses was
   * queried and none of them answered: see `src/core/compare-devices.ts` for what is announced.
   * @returns how many discoveries are announced, by kind
   */
  record(survey: RecordedSurvey): Promise<DeviceNews>;
  /** By MAC address, or as `sort` says: `ascending` by default. */
  list(query: DeviceQuery): Promise<Page<DeviceRecord>>;
  /** The groups of all devices that fit, in the order of `compareGroups`. */
  groups(query: DeviceGroupQuery): Promise<Page<RowGroup>>;
  /**
   * Of these devices, those that are unknown or whose names were last looked up before `namedBefore`, or after `now`:
   * a clock was wrong then.
   */
  namesDue(query: {
    readonly macs: readonly Mac[];
    readonly namedBefore: number;
    readonly now: number;
  }): Promise<readonly Mac[]>;
  /** @returns whether there is such a device */
  setName(mac: Mac, name: string | undefined): Promise<boolean>;
  setApproved(mac: Mac, approved: boolean): Promise<boolean>;
}

export interface DeviceQuery extends PageQuery {
  /**
   * Default: `mac`. `name`: what is shown, the owner's name or else the best other one, in the order of its characters without regard
   * to case of Latin letters; devices without one come last when `ascending`. Without effect together with `address`.
   */
  readonly sort?: "mac" | "name" | "vendor" | "firstSeen" | "lastSeen" | undefined;
  /**
   * Only devices that have or had this address. They are sorted by that: the one that has it now, or had it last, is
   * the first when `ascending`.
   */
  readonly address?: Address | undefined;
  /** Only this device. */
  readonly mac?: Mac | undefined;
  /** A part of the vendor's name in printable ASCII, whatever the case. */
  readonly vendor?: string | undefined;
  readonly approved?: boolean | undefined;
  /** Whether it was there at the last survey that looked for it: neither gone nor inherited. */
  readonly present?: boolean | undefined;
  /** First seen at this time or later. */
  readonly since?: number | undefined;
  /** Of one group: see {@link DeviceStore.groups}. */
  readonly group?: ChosenGroup | undefined;
}

export interface DeviceGroupQuery extends Omit<DeviceQuery, "sort" | "order"> {
  readonly by: Grouping;
  /** Only these. */
  readonly only?: readonly Mac[] | undefined;
}

/** Devices of one address that are looked at; more only where MAC addresses are forged. */
const maxAtAddress = 100;

/**
 * The devices that have an address now: several where it is used twice, and then nobody can tell which of them is meant. One that had
 * it earlier is not among them, nor one that is gone or that only another program saw, where another one answers.
 */
export async function devicesAt(
  devices: Pick<DeviceStore, "list">,
  address: Address,
): Promise<readonly DeviceRecord[]> {
  const { rows } = await devices.list({ address, limit: maxAtAddress });
  return answeringFirst(
    rows.filter(({ addresses }) => addresses.some((each) => each.isCurrent && each.address === address)),
  );
}

/** Of the holders of an address those that answer, where any does. */
export function answeringFirst<Holder extends Pick<DeviceRecord, "state">>(
  holders: readonly Holder[],
): readonly Holder[] {
  const answering = holders.filter(({ state }) => state !== "gone" && state !== "inherited");
  return answering.length === 0 ? holders : answering;
}

export interface RecordedSurvey {
  /** The watch that found them, or `devices` where they have an audience of their own. */
  readonly watch: string;
  /**
   * The watch whose scan led to the survey, if that is another one: its first survey is the first look at a network.
   */
  readonly scanWatch?: string;
  readonly at: number;
  readonly present: readonly Neighbour[];
  /** Names of the devices that were queried: an empty list for one that has none. */
  readonly names: ReadonlyMap<Mac, readonly DeviceName[]>;
  /** Vendors of the same devices, as far as the registries know them. */
  readonly vendors: ReadonlyMap<Mac, string>;
  /** Addresses whose silence counts. */
  readonly probed: readonly AddressRange[];
  readonly policy: DevicePolicy;
  readonly audiences: readonly Audience[];
}

/** As for services: see `DiscoveryPolicy`. */
interface DevicePolicy {
  /** A device is gone after this many surveys in a row that queried and missed it; 1 or more. */
  readonly goneAfter: number;
  readonly flapLimit: number;
  readonly flapWindowMs: number;
}

/** How many discoveries of each kind are announced. */
export type DeviceNews = Readonly<Partial<Record<DiscoveryKind, number>>>;
