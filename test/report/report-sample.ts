// Typical reports to render: a home and a small office, with every kind of finding.
import assert from "node:assert/strict";
import { type Address, parseAddress } from "../../src/core/address.ts";
import { type DeviceBrief, parseMac } from "../../src/core/device.ts";
import type { Discovery } from "../../src/core/discovery.ts";
import type { DiscoveryKind } from "../../src/core/discovery-kinds.ts";
import { byKind, type FindingKind } from "../../src/core/discovery-kinds.ts";
import type { FailureReason, Report, Section } from "../../src/present/findings/report.ts";

const at = Date.UTC(2026, 0, 2, 7, 0, 0, 250);
const hour = 3_600_000;
const day = 24 * hour;

export function host(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  return address;
}

export function device(
  mac: string,
  more: Partial<Omit<DeviceBrief, "mac" | "addresses">> & { readonly at?: readonly string[] } = {},
): DeviceBrief {
  const parsed = parseMac(mac);
  assert.ok(parsed !== undefined);
  const { at: addresses = [], ...rest } = more;
  return { mac: parsed, randomised: false, approved: false, addresses: addresses.map(host), ...rest };
}

export const phone = device("a6:5e:60:12:34:56", { name: "Anna's phone", randomised: true, at: ["192.168.50.66"] });
export const laptop = device("3c:22:fb:01:02:03", { vendor: "Apple", at: ["192.168.50.67", "fd00::67"] });
export const nas = device("00:11:32:aa:bb:cc", {
  name: "nas",
  vendor: "Synology",
  approved: true,
  at: ["192.168.50.10"],
});

let nextId = 1;

export function found(
  kind: DiscoveryKind,
  address: string,
  port: number | undefined,
  more: Partial<Discovery> = {},
): Discovery {
  return {
    id: nextId++,
    watch: "lan",
    scanId: 1,
    kind,
    at,
    address: host(address),
    ...(port === undefined ? {} : { port }),
    firstSeen: at - 300 * hour,
    lastSeen: at - 30 * hour,
    firstScan: false,
    ...more,
  };
}

export function ofDevice(kind: DiscoveryKind, about: DeviceBrief, more: Partial<Discovery> = {}): Discovery {
  return {
    id: nextId++,
    watch: "lan",
    scanId: 1,
    kind,
    at,
    mac: about.mac,
    device: about,
    firstSeen: at - 300 * hour,
    lastSeen: at - 30 * hour,
    firstScan: false,
    ...more,
  };
}

export function section(options: Partial<Section>, ...discoveries: readonly Discovery[]): Section {
  return {
    watch: "lan",
    ports: [22, 80, 443],
    examined: true,
    status: "complete",
    sighted: 41,
    notes: [],
    firstScan: false,
    findings: byKind((kind: FindingKind) => {
      const shown = discoveries.filter((entry) => entry.kind === kind);
      return { total: shown.length, shown };
    }),
    failures: { total: 0, reasons: [] },
    ...options,
  };
}

export function failed(reason: string, more: Partial<FailureReason> = {}): Partial<Section> {
  const entry = { reason, count: 1, firstAt: at, lastAt: at, current: true, ...more };
  return { status: "failed", failures: { total: entry.count, reasons: [entry] } };
}

export function report(sections: readonly Section[], more: Partial<Report> = {}): Report {
  return {
    label: "Home",
    deliveryId: 17,
    generatedAt: at + 30_000,
    timeZone: "Europe/Berlin",
    sections,
    wholeHosts: new Set(),
    ...more,
  };
}

const redis = found("exposed", "192.168.50.10", 6379, {
  hostname: "nas",
  product: "redis 7.0.15",
  detail: "redis 7.0.15: answers INFO without a password (redis_version:7.0.15)",
});

const fingerprint = Array.from({ length: 32 }, (_, index) =>
  ((index * 7) % 256).toString(16).padStart(2, "0").toUpperCase(),
).join(":");
const expired = `CN=shop.example.org; issued by CN=Example CA; until 2025-12-30 UTC, ended 3 days ago; SHA-256 ${fingerprint}`;
const expiring = `7 days or less: CN=*.example.org; issued by CN=Example CA; until 2026-01-09 UTC, 6 days left; SHA-256 ${fingerprint}`;

const usedTwice =
  "192.168.50.30 is used by two devices: HP printer (3c:d9:2b:01:02:03, Hewlett Packard) and 3c:22:fb:01:02:03 (Apple)";
const moved = `192.168.50.1 went from router (52:54:00:00:00:01), which is still there, to ${phone.mac}`;
const whole = new Set([host("192.168.50.9"), host("192.168.50.67"), host("fd00::67"), host("192.168.50.12")]);

/** One finding each. */
export const single: Readonly<Record<string, Report>> = {
  exposed: report([section({}, redis)]),
  "exposed-no-longer": report([
    section({}, found("exposed", "192.168.50.10", 6379, { detail: redis.detail, ended: { by: "protected", at } })),
  ]),
  "certificates-expired-no-longer": report([
    section(
      {},
      found("certificate-expired", "192.168.50.5", 443, { detail: expired, ended: { by: "replaced", at } }),
      found("certificate-expired", "192.168.50.5", 8443, { detail: expired, ended: { by: "gone" } }),
    ),
  ]),
  "new-port-that-is-gone": report([
    section({}, found("new", "192.168.50.10", 8080, { isKnownHost: true, ended: { by: "gone", at } })),
  ]),
  "new-host-with-ports-that-are-gone": report([
    section(
      {},
      found("new", "192.168.50.66", 22),
      found("new", "192.168.50.66", 80, { ended: { by: "gone", at } }),
      found("new", "192.168.50.66", 8080, { ended: { by: "gone", at } }),
    ),
  ]),
  "certificate-expired": report([section({}, found("certificate-expired", "192.168.50.5", 443, { detail: expired }))]),
  "certificate-expiring": report([
    section(
      {},
      found("certificate-expiring", "192.168.50.6", 443, { detail: expiring }),
      found("certificate-expiring", "192.168.50.6", 8443, { detail: expiring }),
    ),
  ]),
  "certificate-changed": report([
    section(
      {},
      found("certificate-changed", "fd00::8", 443, {
        detail: `another fingerprint: was CN=vpn.example.org, until 2026-01-30 UTC; is CN=vpn.example.org; SHA-256 ${fingerprint}`,
      }),
    ),
  ]),
  "certificate-new": report([
    section({}, found("certificate-new", "192.168.50.9", 443, { detail: "CN=printer; self-signed" })),
  ]),
  "duplicate-address": report([section({}, ofDevice("address-moved", laptop, { detail: usedTwice }))]),
  "address-moved": report([section({}, ofDevice("address-moved", phone, { detail: moved }))]),
  "new-device": report([section({}, ofDevice("device-new", phone))]),
  "new-device-and-host": report([
    section(
      {},
      ofDevice("device-new", laptop),
      found("new", "192.168.50.67", 22, { mac: laptop.mac, device: laptop, evidence: "service: ssh OpenSSH_9.9" }),
      found("new", "192.168.50.67", 5000, { device: laptop }),
      found("new", "fd00::67", 22, { device: laptop }),
    ),
  ]),
  "new-host": report([
    section({ ports: [22], portLabel: "SSH" }, found("new", "192.168.50.66", 22, { isKnownHost: false })),
  ]),
  "new-port": report([section({}, found("new", "192.168.50.10", 8080, { hostname: "nas", isKnownHost: true }))]),
  "new-ports": report([
    section(
      {},
      found("new", "fd00::10", 8080, { isKnownHost: true, device: nas }),
      found("new", "fd00::10", 8081, { isKnownHost: true, device: nas }),
    ),
  ]),
  "host-gone": report([section({}, found("gone", "192.168.50.9", 22), found("gone", "192.168.50.9", 80))], {
    wholeHosts: whole,
  }),
  "port-gone": report([section({}, found("gone", "192.168.50.10", 8080, { hostname: "nas" }))], { wholeHosts: whole }),
  "device-gone": report(
    [section({}, ofDevice("device-gone", laptop), found("gone", "192.168.50.67", 22, { device: laptop }))],
    { wholeHosts: whole },
  ),
  "host-back": report([section({}, found("returned", "192.168.50.9", 22))], { wholeHosts: whole }),
  "host-back-after-long": report(
    [section({}, found("returned", "192.168.50.9", 22, { firstSeen: at - 400 * day, lastSeen: at - 12 * day }))],
    {
      wholeHosts: whole,
    },
  ),
  "port-back": report([section({}, found("returned", "192.168.50.10", 8080))]),
  "device-back": report(
    [section({}, ofDevice("device-returned", laptop), found("returned", "192.168.50.67", 22, { mac: laptop.mac }))],
    { wholeHosts: whole },
  ),
  "new-address": report([
    section(
      {},
      ofDevice("device-address-changed", nas, { detail: "192.168.50.20 -> 192.168.50.10" }),
      found("new", "192.168.50.10", 22, { device: nas }),
    ),
  ]),
  flapping: report([section({}, found("flapping", "192.168.50.12", 22))]),
  changed: report([section({}, found("changed", "192.168.50.13", 22, { detail: "OpenSSH 8.4 became OpenSSH 9.9" }))]),
  "every-port": report([section({}, found("new", "192.168.50.14", 0))]),
  "scan-failed": report([section({ watch: "lan-ssh", ...failed("192.168.51.0/24 has no route") })]),
};

const long = "a-very-long-host-name-that-somebody-gave-a-machine-in-the-basement.of-the-building.example.org";

/** 40 findings of all kinds, with long names, failures and evidence, of three watches. */
const busy: Report = report(
  [
    section(
      {
        watch: "lan",
        ports: [22, 80, 443, 6379],
        portLabel: "LAN",
        notes: ["192.168.50.250 answered half-open and not to a full handshake"],
      },
      redis,
      ofDevice("address-moved", phone, { detail: moved }),
      found("certificate-expired", "192.168.50.5", 443, { hostname: "shop.example.org", detail: expired }),
      found("certificate-expiring", "192.168.50.6", 443, { detail: expiring }),
      ofDevice("device-new", phone),
      ofDevice("device-new", laptop),
      found("new", "192.168.50.67", 22, {
        device: laptop,
        evidence: "service: ssh OpenSSH_9.9\ncert: No certificate collected: the answer is no TLS",
      }),
      ...Array.from({ length: 12 }, (_, index) =>
        found("new", `192.168.50.${100 + index}`, [22, 80, 443][index % 3], {
          hostname: index % 4 === 0 ? long : `host-${index}`,
          product: "OpenSSH 9.9p1 Debian 3",
        }),
      ),
      found("new", "192.168.50.10", 8080, { device: nas, isKnownHost: true }),
      found("gone", "192.168.50.9", 22, { hostname: "printer" }),
      found("gone", "192.168.50.9", 80),
      ...Array.from({ length: 6 }, (_, index) => found("gone", `192.168.50.${200 + index}`, 443)),
      found("returned", "192.168.50.12", 22, { firstSeen: at - 400 * day, lastSeen: at - 40 * day }),
      found("returned", "192.168.50.11", 22, { evidence: "SSH-2.0-dropbear" }),
      found("flapping", "192.168.50.13", 22),
      found("changed", "192.168.50.14", 22, { detail: "OpenSSH 8.4 became OpenSSH 9.9" }),
      found("certificate-changed", "192.168.50.15", 443, {
        detail: `another fingerprint and issuer: was CN=vpn.example.org, until 2026-01-30 UTC, SHA-256 ${fingerprint}; is CN=vpn.example.org; issued by CN=Example CA 2; until 2027-01-01 UTC; SHA-256 ${fingerprint}`,
      }),
      found("certificate-new", "192.168.50.16", 443, {
        detail: `CN=printer; self-signed; until 2035-01-01 UTC; SHA-256 ${fingerprint}`,
      }),
    ),
    section(
      { watch: "lab-ipv6", ports: [22], portLabel: "SSH", sighted: 3 },
      found("new", "fd00:1234:5678:9abc:def0:1234:5678:9abc", 22, { at: at - 9 * hour }),
      found("returned", "fd00::12", 22),
    ),
    section({
      watch: "dmz",
      ports: [80, 443, 8000, 8001, 8002],
      ...failed("10.9.0.0/16 has no route", { count: 3, firstAt: at - 5 * hour }),
    }),
  ],
  { wholeHosts: whole },
);

/** After a message waited: much of it is over. */
const over: Report = report(
  [
    section(
      {},
      redis,
      found("exposed", "192.168.50.11", 6379, { detail: redis.detail, ended: { by: "protected", at } }),
      found("exposed", "192.168.50.12", 6379, { detail: redis.detail, ended: { by: "gone", at: at + hour } }),
      found("certificate-expired", "192.168.50.5", 443, { detail: expired, ended: { by: "replaced", at } }),
      found("certificate-expired", "192.168.50.5", 8443, { detail: expired }),
      found("new", "192.168.50.66", 22, { ended: { by: "gone", at: at + hour } }),
    ),
  ],
  { wholeHosts: whole },
);

const quiet: Report = report([
  section({ sighted: 41 }),
  section({ watch: "cameras", ports: [554], sighted: 6 }),
  section({ watch: "printers", ports: [9100], sighted: 1 }),
]);

const several: Report = report(
  [
    section(
      {},
      redis,
      found("new", "192.168.50.66", 22),
      found("new", "192.168.50.68", 80),
      found("gone", "192.168.50.9", 22),
    ),
  ],
  { wholeHosts: whole },
);

const firstScan: Report = report([
  section(
    { firstScan: true, sighted: 3 },
    ...["192.168.50.1", "192.168.50.10", "fd00::10"].map((address) => found("new", address, 443, { firstScan: true })),
  ),
]);

const partly: Report = report([
  section({ status: "partial", reason: "out of file descriptors after 1200 of 65024 addresses", sighted: 12 }),
]);

const nasty = "</pre><script>alert(1)</script>\u202egnp.exe\r\n- Redis exposed on 10.0.0.1:6379";

/** Untrusted texts that imitate markup and report lines. */
const hostile: Report = report(
  [
    section(
      { watch: nasty, portLabel: nasty, ports: [22], notes: [nasty], ...failed(nasty) },
      found("new", "192.168.50.66", 22, {
        hostname: nasty,
        product: nasty,
        vendor: nasty,
        mac: nasty,
        evidence: `${nasty}\n\nUrgent:\n- Gone: everything`,
      }),
      found("exposed", "192.168.50.67", 22, { detail: `redis: ${nasty}` }),
    ),
  ],
  { label: nasty },
);

const leftOut: Report = report([
  {
    ...section({}, found("new", "192.168.50.66", 22)),
    findings: {
      ...section({}).findings,
      new: { total: 250_000, shown: [found("new", "192.168.50.66", 22)] },
      gone: { total: 3, shown: [] },
    },
  },
]);

export const mixtures: Readonly<Record<string, Report>> = {
  busy,
  quiet,
  several,
  over,
  "first-scan": firstScan,
  partial: partly,
  hostile,
  "left-out": leftOut,
};
