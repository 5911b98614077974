import { type Address, compareAddresses, parseAddress } from "./address.ts";
import { type Mac, parseMac } from "./device.ts";
import { subnetOf } from "./subnet.ts";

/** What the rows of each list are grouped by. */
export const groupings = {
  services: ["subnet", "device", "label", "vendor"],
  hosts: ["subnet", "device", "vendor"],
  devices: ["subnet", "vendor"],
} as const;

export type GroupedList = keyof typeof groupings;
export type Grouping = (typeof groupings)[GroupedList][number];

/** Rows of a list that have one value in common. */
export interface RowGroup {
  /** A subnet as {@link subnetOf} writes it, a MAC address, a label or a vendor; absent: the rows that have none. */
  readonly key?: string | undefined;
  /** Of a device. */
  readonly name?: string | undefined;
  readonly count: number;
}

/** One group. `undefined`: the rows that have none. */
export type ChosenGroup =
  | { readonly by: "subnet"; readonly subnet: Subnet | undefined }
  | { readonly by: "device"; readonly mac: Mac | undefined }
  | { readonly by: "vendor"; readonly vendor: string | undefined }
  /** The watches with the label. */
  | { readonly by: "label"; readonly watches: readonly string[] | undefined };

export interface Subnet {
  /** As {@link subnetOf} writes it. */
  readonly name: string;
  /** The first address, with its zone. */
  readonly first: Address;
}

/** The subnet that {@link subnetOf} calls so. */
export function parseSubnet(name: string): Subnet | undefined {
  const first = parseAddress(name.slice(0, Math.max(0, name.lastIndexOf("/"))));
  return first !== undefined && subnetOf(first) === name ? { name, first } : undefined;
}

/** The label of each watch that has one of its own. */
export type WatchLabels = ReadonlyMap<string, string>;

/** `key` as it was in the group of a list; empty: the rows that have none. `undefined`: no group has such a key. */
export function parseGroup(by: Grouping, key: string, labels: WatchLabels): ChosenGroup | undefined {
  if (by === "label") return { by, watches: key === "" ? undefined : watchesOf(key, labels) };
  if (by === "vendor") return { by, vendor: key === "" ? undefined : key };
  if (by === "device") {
    const mac = key === "" ? undefined : parseMac(key);
    return key !== "" && mac === undefined ? undefined : { by, mac };
  }
  const subnet = key === "" ? undefined : parseSubnet(key);
  return key !== "" && subnet === undefined ? undefined : { by, subnet };
}

/** A watch that is not configured any more has its name as label. */
function watchesOf(label: string, labels: WatchLabels): readonly string[] {
  const named = [...labels].filter(([, each]) => each === label).map(([watch]) => watch);
  return labels.has(label) ? named : [...named, label];
}

/** The order of groups: subnets by address, all others by the bytes of their text; the rows that have none are last. */
export function compareGroups(by: Grouping): (one: string | undefined, other: string | undefined) => number {
  return (one, other) => {
    if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
    if (by !== "subnet") return Buffer.compare(Buffer.from(one), Buffer.from(other));
    const [first, second] = [parseSubnet(one)?.first, parseSubnet(other)?.first];
    return first === undefined || second === undefined ? 0 : compareAddresses(first, second);
  };
}
