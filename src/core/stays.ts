import type { Address } from "./address.ts";
import type { Mac } from "./device.ts";

/** From the first survey that saw a device at an address to the last one. Milliseconds since the epoch. */
export interface Stay {
  readonly mac: Mac;
  readonly from: number;
  /** `undefined`: the device still has the address. */
  readonly to: number | undefined;
}

/** What somebody at this address did from a time to a time; the same for one moment. */
export interface AddressTime {
  readonly address: Address;
  readonly from: number;
  readonly to: number;
}

/** A survey finds a device a little after it came, and does not see when it leaves. */
const surveyGapMs = 3_600_000;

/**
 * The devices that had the address at that time, of all that ever had it; where no survey saw one then, the one that was seen there
 * soonest before or after, within an hour. Several, by MAC address, where it cannot be told which of them it was: a device that came or
 * left within an hour of it counts where its time overlaps that of the other. They shared the address, or one of them left it in between
 * and came back, which is one time here.
 */
export function staysAt(stays: readonly Stay[], time: Pick<AddressTime, "from" | "to">): readonly Mac[] {
  const within = stays.filter((stay) => distance(stay, time) === 0);
  const least = Math.min(surveyGapMs, ...stays.map((stay) => distance(stay, time)));
  const near = stays.filter((stay) => {
    const far = distance(stay, time);
    return far <= least || (far <= surveyGapMs && within.some((other) => overlap(stay, other)));
  });
  return [...new Set(near.map(({ mac }) => mac))].sort();
}

function overlap(one: Stay, other: Stay): boolean {
  return distance(one, { from: other.from, to: other.to ?? Number.POSITIVE_INFINITY }) === 0;
}

function distance({ from, to }: Stay, time: Pick<AddressTime, "from" | "to">): number {
  return Math.max(0, from - time.to, to === undefined ? 0 : time.from - to);
}
