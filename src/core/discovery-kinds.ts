/**
 * Everything that Harbinger can discover, in two tables: what is stored and announced ({@link discoveryKinds}), and what
 * reports call it once discoveries of one thing are joined ({@link findingTypes}). Text, HTML, JSON, push, subjects and the
 * reference are made from these tables. To add a kind of discovery see docs/extending-discovery.md.
 */

/** A noun after a number. */
export interface CountedNoun {
  readonly one: string;
  readonly many: string;
}

/**
 * What a finding is about. It decides how the line names it, and what is counted.
 * - `device`: a MAC address. `host`: an address. `port`: ports of a host, each counted.
 * - `service`: what answers on a port. `exposure`: the same, named by the product. `certificate`: what a service presents.
 * - `address`: an address that two devices have or had; the first detail names both.
 */
export type FindingSubject = "device" | "host" | "port" | "service" | "exposure" | "certificate" | "address";

/**
 * The sections of a report, in its order. `urgent` also takes findings of other sections that are urgent; `over` those of `urgent` that
 * have ended.
 */
export const reportSections = {
  urgent: { title: "Urgent", look: "bad" },
  over: { title: "No longer urgent", look: "good" },
  expiring: { title: "Expiring", look: "warn" },
  new: { title: "New", look: "info" },
  back: { title: "Back", look: "good" },
  gone: { title: "Gone", look: "warn" },
  changed: { title: "Changed", look: "info" },
} as const;

type ReportSection = keyof typeof reportSections;

export interface FindingTypeEntry extends CountedNoun {
  readonly subject: FindingSubject;
  /** Findings in `urgent` are always urgent: sent with high priority, listed first. */
  readonly section: ReportSection;
  /** What happened, where the noun does not tell it. Default: `one`. */
  readonly phrase?: string;
  /** The noun once it has ended, of a type that can end. */
  readonly over?: CountedNoun;
  /** The line about a single finding has no number before it. */
  readonly isUncounted?: true;
  /** A first scan can find it, as it can everything that is urgent, expiring or new. */
  readonly isInFirstScan?: true;
  /** Shown where no detail is stored. Of an `address` it follows the host: `answers with another MAC address`. */
  readonly usualDetail?: string;
  /** Of an `address`: maximum length of the detail in a subject and a push, in UTF-16 units. */
  readonly shortDetailLimit?: number;
}

/** In the order in which reports list them. The name with `_` for `-` is the `type` in JSON. */
export const findingTypes = {
  exposed: {
    one: "exposed",
    many: "exposed",
    over: { one: "was exposed", many: "were exposed" },
    subject: "exposure",
    section: "urgent",
    isUncounted: true,
    usualDetail: "answers without authentication",
  },
  "certificate-expired": {
    one: "certificate expired",
    many: "certificates expired",
    over: { one: "certificate was expired", many: "certificates were expired" },
    subject: "certificate",
    section: "urgent",
    isUncounted: true,
  },
  "address-moved": {
    one: "address moved",
    many: "addresses moved",
    subject: "address",
    section: "urgent",
    isUncounted: true,
    usualDetail: "answers with another MAC address",
    shortDetailLimit: 170,
  },
  "certificate-expiring": {
    one: "certificate expiring",
    many: "certificates expiring",
    subject: "certificate",
    section: "expiring",
    phrase: "certificate expires soon",
    isUncounted: true,
  },
  "new-device": { one: "new device", many: "new devices", subject: "device", section: "new" },
  "new-host": { one: "new host", many: "new hosts", subject: "host", section: "new" },
  "new-port": { one: "new port", many: "new ports", subject: "port", section: "new" },
  "device-returned": { one: "device back", many: "devices back", subject: "device", section: "back" },
  "host-returned": { one: "host back", many: "hosts back", subject: "host", section: "back" },
  "port-returned": { one: "port back", many: "ports back", subject: "port", section: "back" },
  "device-gone": { one: "device gone", many: "devices gone", subject: "device", section: "gone" },
  "host-gone": { one: "host gone", many: "hosts gone", subject: "host", section: "gone" },
  "port-gone": { one: "port gone", many: "ports gone", subject: "port", section: "gone" },
  flapping: {
    one: "host flapping",
    many: "hosts flapping",
    subject: "host",
    section: "changed",
    usualDetail: "gone and back too often; quiet until it settles",
  },
  "device-address-changed": {
    one: "device with a new address",
    many: "devices with a new address",
    subject: "device",
    section: "changed",
  },
  changed: { one: "service changed", many: "services changed", subject: "service", section: "changed" },
  "certificate-changed": {
    one: "certificate changed",
    many: "certificates changed",
    subject: "certificate",
    section: "changed",
    isUncounted: true,
  },
  "certificate-new": {
    one: "new certificate",
    many: "new certificates",
    subject: "certificate",
    section: "changed",
    isInFirstScan: true,
  },
} as const satisfies Readonly<Record<string, FindingTypeEntry>>;

export type FindingType = keyof typeof findingTypes;

export interface DiscoveryKindEntry {
  /** What happened, for the reference. */
  readonly meaning: string;
  /** The first type is used unless `merge-findings.ts` chooses another one of them. */
  readonly becomes: readonly [FindingType, ...FindingType[]];
  /** Discoveries that have this in common become one finding. */
  readonly joinedBy: "host" | "device" | "device and detail" | "service" | "host and detail";
  /** Words of reports on `port_*` sections, which differ from those of the finding. Programs read them: they never change. */
  readonly portReport?: PortReportOverrides;
}

interface PortReportOverrides {
  /** After a number in subjects and badges. Default: the noun of the first finding type. */
  readonly noun?: CountedNoun;
  /** Starts a line about one discovery. Default: the noun. */
  readonly opening?: string;
  /** Starts the line with the total. Default: the noun, plural. */
  readonly total?: string;
  /** After the number of those that did not fit. Default: the noun. */
  readonly leftOut?: CountedNoun;
  /** Shown where no detail is stored. */
  readonly usualDetail?: string;
}

const uncounted = (word: string): CountedNoun => ({ one: word, many: word });

const hosts = (before: string, after = ""): CountedNoun => ({
  one: `${before}host${after}`,
  many: `${before}hosts${after}`,
});

/** In the order in which a section of a report lists them. The name with `_` for `-` is the field in JSON. */
export const discoveryKinds = {
  new: {
    meaning:
      "This watch sees the service for the first time, or it is back and mutes kept all that happened to it before out of reports.",
    becomes: ["new-host", "new-port"],
    joinedBy: "host",
    portReport: { noun: uncounted("new"), total: "New hosts detected", leftOut: hosts("new ") },
  },
  exposed: {
    meaning:
      "The service answers without authentication, and this watch did not know that, or the service was gone and is back.",
    becomes: ["exposed"],
    joinedBy: "service",
    portReport: {
      total: "Hosts exposed",
      leftOut: hosts("exposed "),
      usualDetail: "answers without authentication",
    },
  },
  "certificate-expired": {
    meaning: "A certificate of the chain has expired.",
    becomes: ["certificate-expired"],
    joinedBy: "host and detail",
    portReport: {
      leftOut: hosts("", " with an expired certificate"),
      usualDetail: "a certificate of its chain has ended",
    },
  },
  "certificate-expiring": {
    meaning: "A certificate of the chain expires within 30, 14, 7 or 1 days; reported once at each step.",
    becomes: ["certificate-expiring"],
    joinedBy: "host and detail",
    portReport: {
      leftOut: hosts("", " with an expiring certificate"),
      usualDetail: "a certificate of its chain ends soon",
    },
  },
  "address-moved": {
    meaning:
      "An address that one device had answers with the MAC address of another, and the first device is still present: with another address, or both use the same one (a duplicate IP address).",
    becomes: ["address-moved"],
    joinedBy: "device and detail",
    portReport: { noun: { one: "duplicate or moved IP address", many: "duplicate or moved IP addresses" } },
  },
  "device-new": {
    meaning:
      "A MAC address that was never seen on the networks of this machine, or one that is back and of which mutes kept everything before out of reports.",
    becomes: ["new-device"],
    joinedBy: "device",
  },
  returned: {
    meaning: "The service was gone and is open again.",
    becomes: ["port-returned", "host-returned"],
    joinedBy: "host",
    portReport: { noun: uncounted("returned"), total: "Hosts returned", leftOut: hosts("returned ") },
  },
  "device-returned": {
    meaning: "The device was gone and is present again.",
    becomes: ["device-returned"],
    joinedBy: "device",
    portReport: {
      noun: { one: "device returned", many: "devices returned" },
      leftOut: { one: "returned device", many: "returned devices" },
    },
  },
  gone: {
    meaning: "As many scans in a row as the watch asks for covered the service and did not find it.",
    becomes: ["port-gone", "host-gone"],
    joinedBy: "host",
    portReport: { noun: uncounted("gone"), total: "Hosts gone", leftOut: hosts("gone ") },
  },
  "device-gone": {
    meaning: "The device was not found where the surveys looked for it.",
    becomes: ["device-gone"],
    joinedBy: "device",
    portReport: { leftOut: { one: "device that is gone", many: "devices that are gone" } },
  },
  flapping: {
    meaning:
      "The service was gone and came back so often that changes are not reported until it is stable. Reported once.",
    becomes: ["flapping"],
    joinedBy: "host",
    portReport: {
      noun: uncounted("flapping"),
      total: "Hosts flapping",
      leftOut: hosts("flapping "),
      usualDetail: "quiet until it settles",
    },
  },
  "device-address-changed": {
    meaning: "A known device has another IPv4 address.",
    becomes: ["device-address-changed"],
    joinedBy: "device",
    portReport: { opening: "Device has a new address" },
  },
  changed: {
    meaning: "Another product or version answers, or what was exposed is protected now.",
    becomes: ["changed"],
    joinedBy: "service",
    portReport: {
      noun: uncounted("changed"),
      total: "Hosts changed",
      leftOut: hosts("changed "),
      usualDetail: "something else answers",
    },
  },
  "certificate-changed": {
    meaning: "The service presents another certificate: its fingerprint, issuer or key changed.",
    becomes: ["certificate-changed"],
    joinedBy: "host and detail",
    portReport: { leftOut: hosts("", " with another certificate"), usualDetail: "another one is shown" },
  },
  "certificate-new": {
    meaning: "A known service presents a certificate for the first time.",
    becomes: ["certificate-new"],
    joinedBy: "host and detail",
    portReport: {
      opening: "Certificate new",
      leftOut: hosts("", " with a new certificate"),
      usualDetail: "shown for the first time",
    },
  },
} as const satisfies Readonly<Record<string, DiscoveryKindEntry>>;

/** What can be discovered of a host or a device. */
export type FindingKind = keyof typeof discoveryKinds;

/** `scan-failed`: the watch could not scan. It has no address, and reports list it apart. */
export type DiscoveryKind = FindingKind | "scan-failed";

export const findingKinds = Object.keys(discoveryKinds) as readonly FindingKind[];

/** Kinds that can become an urgent finding. */
export const urgentKinds: readonly FindingKind[] = findingKinds.filter((kind) =>
  discoveryKinds[kind].becomes.some((type) => findingTypes[type].section === "urgent"),
);

/** The entry with its optional fields. */
export function findingEntry(type: FindingType): FindingTypeEntry {
  return findingTypes[type];
}

export function kindEntry(kind: FindingKind): DiscoveryKindEntry {
  return discoveryKinds[kind];
}

/** Position of a type in the order of reports. */
export function findingRank(type: FindingType): number {
  return ranks.get(type) ?? ranks.size;
}

const ranks = new Map(Object.keys(findingTypes).map((type, rank) => [type, rank]));

/** One value for each kind. */
export function byKind<Value>(make: (kind: FindingKind) => Value): Record<FindingKind, Value> {
  return Object.fromEntries(findingKinds.map((kind) => [kind, make(kind)])) as Record<FindingKind, Value>;
}

/** The name of a kind or a type in JSON: `certificate_expired`. */
export function jsonName(name: FindingKind | FindingType): string {
  return name.replaceAll("-", "_");
}
