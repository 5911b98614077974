import type { Address } from "./address.ts";
import type { Mac } from "./device.ts";
import type { DiscoveryKind } from "./discovery-kinds.ts";
import type { maxActiveMutes, maxMuteMs } from "./mute-limits.ts";
import type { Page, PageQuery } from "./page.ts";
import type { Port } from "./ports.ts";

/**
 * What a mute silences.
 * - `host`: discoveries of the services at an address, or of one port of it, and of a device that has this address alone.
 * - `device`: discoveries of a device, and of the services at its own addresses.
 * - `source`: alerts to connections from an address, or from one of a range.
 *
 * Whoever can send ARP packets can claim any address for any device. So a mute connects a device with an address only where the device
 * had it before the mute was made; a device's own address is one that no other device has or had, and one that is gone has none. A
 * claim to another device's address is always announced.
 */
export type MuteTarget =
  | { readonly kind: "host"; readonly address: Address; readonly port?: Port | undefined }
  | { readonly kind: "device"; readonly mac: Mac }
  | { readonly kind: "source"; readonly first: Address; readonly last: Address };

/**
 * Until a given time, what is found about a target is recorded but not announced. Scans and listeners work as ever. Times are
 * milliseconds since the epoch.
 */
export interface Mute {
  readonly id: number;
  readonly target: MuteTarget;
  /** Why, in the words of who set it; made safe. */
  readonly note: string;
  /** Name of the account that set it; empty where nobody has to log in. */
  readonly by: string;
  readonly createdAt: number;
  /** It covers what happens before this time. */
  readonly until: number;
  /** Who ended it before its time; empty where nobody has to log in. */
  readonly endedBy?: string | undefined;
}

/** A device that claims the address of another one is announced, whatever is muted. */
export const neverMuted: readonly DiscoveryKind[] = ["address-moved"];

/** A device with another MAC address may have taken over a muted address: that is announced all the same. */
export const neverMutedByAddress: readonly DiscoveryKind[] = ["device-new"];

/**
 * What ends or takes back something, and what began it. Nobody is told of an end who was not told of the beginning: where a mute kept the
 * beginning out of reports, it also covers the end after it is over, unless what began was still there then. So a port that
 * opened and closed during a mute is never reported, and one that stayed open after it is reported when it is gone. All other kinds say
 * what there is now, and are reported as soon as no mute covers them.
 */
export const beginnings = {
  gone: ["new", "returned"],
  returned: ["gone"],
  "device-gone": ["device-new", "device-returned"],
  "device-returned": ["device-gone"],
} as const satisfies Partial<Record<DiscoveryKind, readonly DiscoveryKind[]>>;

/** What the return of something is recorded as that nobody was ever told of, because of mutes: its readers see it for the first time. */
export const returnsAsNew = {
  returned: "new",
  "device-returned": "device-new",
} as const satisfies Partial<Record<DiscoveryKind, DiscoveryKind>>;

/**
 * A mute that is ended by hand covers this much longer what happens, so that every process with a view of the mutes that is no older
 * knows the end before it comes.
 */
export const muteEndDelayMs = 5000;

export type MuteOutcome =
  | { readonly kind: "muted"; readonly mute: Mute }
  /** As many are in force as there can be. */
  | { readonly kind: "full"; readonly limit: number };

/** Mutes, with those that are over, until they are pruned. Errors as in `Store`. */
export interface MuteStore {
  add(mute: {
    readonly target: MuteTarget;
    readonly note: string;
    readonly by: string;
    readonly at: number;
    /** After `at`, by {@link maxMuteMs} at most. */
    readonly until: number;
  }): Promise<MuteOutcome>;
  /** Ends it {@link muteEndDelayMs} after `at`. @returns `undefined` where there is none that lasts longer */
  end(id: number, options: { readonly by: string; readonly at: number }): Promise<Mute | undefined>;
  get(id: number): Promise<Mute | undefined>;
  /** By number: `descending`, newest first, by default. */
  list(query: MuteQuery): Promise<Page<Mute>>;
  /** All that cover a moment at or after `at`, soonest end first: {@link maxActiveMutes} at most. */
  active(at: number): Promise<readonly Mute[]>;
}

export interface MuteQuery extends PageQuery {
  /** Only those that end after a time, or, where `is` is false, those that do not. */
  readonly active?: { readonly is: boolean; readonly at: number } | undefined;
}

/** Before a mute was ended by hand: what happened then is stored within this time. */
const endedGraceMs = 60_000;

/**
 * The time that it covers: from the first moment on, before the second one. Of a mute that was ended by hand only the last minute counts. What happened
 * earlier is stored already; where the clock was set back since, what happens now would be muted again for as long.
 */
export function covered({ createdAt, until, endedBy }: Pick<Mute, "createdAt" | "until" | "endedBy">): {
  readonly from: number;
  readonly until: number;
} {
  if (endedBy === undefined) return { from: createdAt, until };
  return { from: Math.max(createdAt, until - muteEndDelayMs - endedGraceMs), until };
}

export function isInForce(mute: Pick<Mute, "createdAt" | "until" | "endedBy">, at: number): boolean {
  const { from, until } = covered(mute);
  return from <= at && at < until;
}
