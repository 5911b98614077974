import type { FindingType } from "./finding.ts";

interface Noun {
  readonly one: string;
  readonly many: string;
}

const same = (word: string): Noun => ({ one: word, many: word });

/** Behind a number. */
const nouns: Readonly<Record<FindingType, Noun>> = {
  exposed: same("exposed"),
  "certificate-expired": { one: "certificate expired", many: "certificates expired" },
  "duplicate-address": { one: "duplicate IP address", many: "duplicate IP addresses" },
  "address-moved": { one: "address moved", many: "addresses moved" },
  "certificate-expiring": { one: "certificate expiring", many: "certificates expiring" },
  "new-device": { one: "new device", many: "new devices" },
  "new-host": { one: "new host", many: "new hosts" },
  "new-port": { one: "new port", many: "new ports" },
  "device-returned": { one: "device back", many: "devices back" },
  "host-returned": { one: "host back", many: "hosts back" },
  "port-returned": { one: "port back", many: "ports back" },
  "device-gone": { one: "device gone", many: "devices gone" },
  "host-gone": { one: "host gone", many: "hosts gone" },
  "port-gone": { one: "port gone", many: "ports gone" },
  flapping: { one: "host flapping", many: "hosts flapping" },
  "device-address-changed": { one: "device with a new address", many: "devices with a new address" },
  changed: { one: "service changed", many: "services changed" },
  "certificate-changed": { one: "certificate changed", many: "certificates changed" },
  "certificate-new": { one: "new certificate", many: "new certificates" },
};

/** `new host`, or `new hosts` for any other number than one. */
export function nounOf(type: FindingType, count: number): string {
  return count === 1 ? nouns[type].one : nouns[type].many;
}

/** Whether ports are what is counted of it, and not hosts. */
export function countsPorts(type: FindingType): boolean {
  return type === "new-port" || type === "port-gone" || type === "port-returned";
}
