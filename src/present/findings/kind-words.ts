/** What each kind of finding is called, so that a line, a subject, a badge and a program's field say the same. */
import type { FindingKind } from "./report.ts";

interface KindWords {
  /** Opens its line among the totals of the text report. */
  readonly total: string;
  /** Behind a number in subjects and badges. */
  readonly counted: CountedWord;
  /** Behind the number of those that a report has no room for. */
  readonly leftOut: CountedWord;
}

/** All but new hosts, whose lines in the text report are theirs alone. */
export type BesideKind = Exclude<FindingKind, "new">;

interface BesideWords extends KindWords {
  /** Opens a line of the text report. */
  readonly opening: string;
  /** Stands for a detail that is not known. */
  readonly otherwise?: string;
}

interface CountedWord {
  readonly one: string;
  readonly many: string;
}

const always = (word: string): CountedWord => ({ one: word, many: word });

const hosts = (before: string, behind = ""): CountedWord => ({
  one: `${before}host${behind}`,
  many: `${before}hosts${behind}`,
});

export const kindWords: { readonly new: KindWords } & Readonly<Record<BesideKind, BesideWords>> = {
  new: {
    total: "New hosts detected",
    counted: always("new"),
    leftOut: hosts("new "),
  },
  exposed: {
    opening: "Exposed",
    total: "Hosts exposed",
    counted: always("exposed"),
    leftOut: hosts("exposed "),
    otherwise: "answers without authentication",
  },
  "certificate-expired": {
    opening: "Certificate expired",
    total: "Certificates expired",
    counted: { one: "certificate expired", many: "certificates expired" },
    leftOut: hosts("", " with an expired certificate"),
    otherwise: "a certificate of its chain has ended",
  },
  "certificate-expiring": {
    opening: "Certificate expiring",
    total: "Certificates expiring",
    counted: { one: "certificate expiring", many: "certificates expiring" },
    leftOut: hosts("", " with an expiring certificate"),
    otherwise: "a certificate of its chain ends soon",
  },
  returned: {
    opening: "Returned",
    total: "Hosts returned",
    counted: always("returned"),
    leftOut: hosts("returned "),
  },
  gone: {
    opening: "Gone",
    total: "Hosts gone",
    counted: always("gone"),
    leftOut: hosts("gone "),
  },
  flapping: {
    opening: "Flapping",
    total: "Hosts flapping",
    counted: always("flapping"),
    leftOut: hosts("flapping "),
    otherwise: "quiet until it settles",
  },
  changed: {
    opening: "Changed",
    total: "Hosts changed",
    counted: always("changed"),
    leftOut: hosts("changed "),
    otherwise: "something else answers",
  },
  "certificate-changed": {
    opening: "Certificate changed",
    total: "Certificates changed",
    counted: { one: "certificate changed", many: "certificates changed" },
    leftOut: hosts("", " with another certificate"),
    otherwise: "another one is shown",
  },
  "certificate-new": {
    opening: "Certificate new",
    total: "New certificates",
    counted: { one: "new certificate", many: "new certificates" },
    leftOut: hosts("", " with a new certificate"),
    otherwise: "shown for the first time",
  },
  "device-new": {
    opening: "New device",
    total: "New devices",
    counted: { one: "new device", many: "new devices" },
    leftOut: { one: "new device", many: "new devices" },
  },
  "device-returned": {
    opening: "Device returned",
    total: "Devices returned",
    counted: { one: "device returned", many: "devices returned" },
    leftOut: { one: "returned device", many: "returned devices" },
  },
  "device-gone": {
    opening: "Device gone",
    total: "Devices gone",
    counted: { one: "device gone", many: "devices gone" },
    leftOut: { one: "device that is gone", many: "devices that are gone" },
  },
  "device-address-changed": {
    opening: "Device has a new address",
    total: "Devices with a new address",
    counted: { one: "device with a new address", many: "devices with a new address" },
    leftOut: { one: "device with a new address", many: "devices with a new address" },
  },
  "address-moved": {
    opening: "Duplicate or moved IP address",
    total: "Duplicate or moved IP addresses",
    counted: { one: "duplicate or moved IP address", many: "duplicate or moved IP addresses" },
    leftOut: { one: "duplicate or moved IP address", many: "duplicate or moved IP addresses" },
  },
};

/** `2 exposed`, `1 certificate expiring`. */
export function countedKind(count: number, kind: FindingKind): string {
  return `${count} ${wordFor(count, kindWords[kind].counted)}`;
}

export function leftOutNoun(count: number, kind: FindingKind): string {
  return wordFor(count, kindWords[kind].leftOut);
}

function wordFor(count: number, { one, many }: CountedWord): string {
  return count === 1 ? one : many;
}

/** In the order in which totals and subjects tell of them: what cannot wait first. */
export const besideKinds: readonly BesideKind[] = [
  "exposed",
  "certificate-expired",
  "certificate-expiring",
  "address-moved",
  "device-new",
  "gone",
  "device-gone",
  "returned",
  "device-returned",
  "flapping",
  "device-address-changed",
  "changed",
  "certificate-changed",
  "certificate-new",
];

/** The kind as a field of JSON: `certificate_expired`. */
export function jsonName(kind: FindingKind): string {
  return kind.replaceAll("-", "_");
}
