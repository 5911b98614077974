/** Fills a store as a busy site would in a month: varied peers, payloads, protocols and places, and some rare values of each. */
import { type Address, ipv4FromNumber } from "../../src/core/address.ts";
import type { CheckResult } from "../../src/core/check.ts";
import type { Connection, Origin } from "../../src/core/connection.ts";
import { type Mac, parseMac } from "../../src/core/device.ts";
import type { ExaminedService } from "../../src/core/examination.ts";
import type { Sighting } from "../../src/core/sighting.ts";
import type { Store } from "../../src/core/store.ts";
import { identify } from "../../src/wire/identify.ts";

export interface Amounts {
  readonly connections: number;
  readonly services: number;
  readonly devices: number;
  readonly deliveries: number;
}

/** What the searches of the benchmark look for. */
export const rare = {
  country: "MC",
  asn: 64_999,
  userAgent: "quokka-probe",
  port: 6379,
  vendor: "Rarevendor",
  hostname: "lighthouse",
} as const;

const dayMs = 86_400_000;
const spanMs = 30 * dayMs;
const peers = 50_000;
const batchSize = 5000;
const decoy = ipv4FromNumber(0xc000_0201);

/** Mixes the bits of a number, so that neighbours differ: the same in each run. */
function mixed(index: number): number {
  const spread = Math.imul(index ^ (index >>> 16), 0x45d9_f3b);
  return (spread ^ (spread >>> 15)) >>> 0;
}

function sent(text: string | Uint8Array) {
  const payload = typeof text === "string" ? new Uint8Array(Buffer.from(text, "latin1")) : text;
  return { payload, bytes: payload.length, identification: identify(payload) };
}

const agents = [
  "curl/8.5.0",
  "Mozilla/5.0 (X11; Linux x86_64)",
  "zgrab/0.x",
  "python-requests/2.31",
  "Go-http-client/1.1",
];
const paths = [
  "/",
  "/login",
  "/.env",
  "/wp-login.php",
  "/manager/html",
  "/cgi-bin/luci",
  "/actuator/health",
  "/boaform/admin",
];

const frequent = [
  ...agents.flatMap((agent) =>
    paths.map((place) =>
      sent(`GET ${place} HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: ${agent}\r\nAccept: */*\r\n\r\n`),
    ),
  ),
  sent("SSH-2.0-libssh_0.9.6\r\n"),
  sent("SSH-2.0-Go\r\n"),
  sent("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"),
  sent("*1\r\n$4\r\nPING\r\n"),
  sent(""),
];
const ports = [22, 23, 80, 443, 445, 1433, 3306, 3389, 5432, 8080];
const listeners = ["decoy", "office", "dmz"];
const ends = ["client-closed", "reset", "heard", "time-limit"] as const;

/** One of a hundred has its own text, and one of five thousand 16 to 64 kB. */
function contentOf(index: number) {
  if (index % 200_003 === 77) return sent(`GET /${index} HTTP/1.1\r\nUser-Agent: ${rare.userAgent}\r\n\r\n`);
  if (index % 5003 === 5) return sent(new Uint8Array(16_384 + (mixed(index) % 49_152)).fill(65 + (index % 26)));
  if (index % 100 === 3)
    return sent(`POST /u/${mixed(index)} HTTP/1.1\r\nHost: h${index}\r\n\r\n${"x".repeat(index % 900)}`);
  return frequent[mixed(index) % frequent.length] ?? sent("");
}

function peerOf(number: number): Address {
  return ipv4FromNumber((0x0b00_0000 + (mixed(number) % 0xc000_0000)) >>> 0);
}

/** A few peers come often, most of them seldom. */
function connectionAt(index: number, at: number): Connection {
  const random = mixed(index * 7 + 1);
  const peer = random % 3 === 0 ? random % 50 : random % peers;
  return {
    id: `bench-${index.toString(36).padStart(8, "0")}`,
    ...contentOf(index),
    listener: listeners[random % 10 === 0 ? 1 : random % 97 === 0 ? 2 : 0] ?? "decoy",
    at,
    peer: { address: peerOf(peer), port: 1024 + (random % 60_000) },
    local: { address: decoy, port: index % 100_003 === 9 ? rare.port : (ports[random % ports.length] ?? 22) },
    end: ends[random % ends.length] ?? "heard",
    durationMs: (random % 90_000) / 10,
    phase: "client-first",
  };
}

async function fillConnections({ connections }: Store, count: number, now: number): Promise<void> {
  const batch = connections.newBatch();
  for (let index = 0; index < count; index++) {
    batch.add(connectionAt(index, now - spanMs + Math.floor((index / count) * (spanMs - 60_000))));
    if (batch.count < batchSize && index < count - 1) continue;
    await connections.record(batch, []);
    batch.clear();
  }
}

const countries = ["CN", "US", "RU", "NL", "DE", "BR", "IN", "VN", "FR", "GB", "KR", "ID"];

function originOf(number: number): Origin {
  const isRare = number % 10_007 === 1234;
  const asn = isRare ? rare.asn : 64_500 + (number % 400);
  return {
    countryCode: isRare ? rare.country : (countries[mixed(number) % countries.length] ?? "US"),
    country: "Country of the benchmark",
    asn,
    organization: `Network ${asn} Telecom`,
    ...(number % 3 === 0 ? { hostname: `host-${number}.isp.example` } : {}),
  };
}

async function fillOrigins({ connections }: Store, now: number): Promise<void> {
  for (let from = 0; from < peers; from += 500) {
    await connections.setOrigins(
      Array.from({ length: 500 }, (_, place) => ({
        address: peerOf(from + place),
        origin: originOf(from + place),
        at: now,
      })),
    );
  }
}

const servicePorts = [22, 25, 53, 80, 110, 143, 443, 993, 3306, 8080];
const vendors = ["Dell Inc.", "Apple, Inc.", "Raspberry Pi Trading Ltd", "Synology Incorporated", "Cisco Systems"];

function sightingOf(host: number, port: number): Sighting {
  const isRare = host % 3001 === 17;
  return {
    address: ipv4FromNumber(0x0a00_0000 + host),
    port,
    hostname: isRare ? `${rare.hostname}-${host}.lan` : `host-${host}.lan`,
    mac: macOf(host),
    vendor: isRare ? rare.vendor : (vendors[host % vendors.length] ?? "Dell Inc."),
    service: {
      name: port === 22 ? "ssh" : "http",
      product: port === 22 ? "OpenSSH" : "nginx",
      version: `${host % 9}.${port % 10}`,
    },
  };
}

function macOf(number: number): Mac {
  const hex = (0x0011_3200_0000 + number).toString(16).padStart(12, "0");
  const mac = parseMac(hex.replace(/..(?=.)/g, "$&:"));
  if (mac === undefined) throw new Error(`not a MAC address: ${hex}`);
  return mac;
}

const policy = { goneAfter: 1, flapLimit: 4, flapWindowMs: 3_600_000, announceFailure: "changes" } as const;
const audiences = [{ label: "Bench", channel: "mail", recipient: "bench@example.org", watches: ["lan"] }];

async function scan(store: Store, at: number, isThere: (host: number) => boolean, hosts: number): Promise<void> {
  const session = await store.scans.begin({ watch: "lan", ports: [...servicePorts, 9100], engine: "connect", at });
  for (let from = 0; from < hosts; from += 500) {
    const some = Array.from({ length: Math.min(500, hosts - from) }, (_, place) => from + place).filter(isThere);
    await session.add(some.flatMap((host) => servicePorts.map((port) => sightingOf(host, port))));
  }
  await session.finish({
    at: at + 60_000,
    status: "complete",
    engine: "connect",
    notes: ["the benchmark's scan"],
    coverage: { kind: "all" },
    policy,
    audiences,
  });
}

/** A first scan, and later ones in which some hosts come and go. */
async function fillServices(store: Store, count: number, now: number): Promise<void> {
  const hosts = Math.ceil(count / servicePorts.length);
  for (let round = 0; round < 12; round++) {
    await scan(store, now - (12 - round) * 2 * dayMs, (host) => round === 0 || (host + round) % 23 !== 0, hosts);
  }
  for (let index = 0; index < 200; index++) {
    const session = await store.scans.begin({ watch: "idle", ports: [22], engine: "connect", at: now - index * 1000 });
    await session.finish({
      at: now - index * 1000,
      status: index % 50 === 3 ? "failed" : "complete",
      engine: "connect",
      notes: [],
      coverage: { kind: "all" },
      policy,
      audiences: [],
    });
  }
  const examined = Array.from(
    { length: Math.min(3000, hosts) },
    (_, host): ExaminedService => ({
      address: ipv4FromNumber(0x0a00_0000 + host),
      port: 443,
      results: [verdictOf(host)],
      memory: "",
      news: host % 30 === 4 ? [{ kind: "exposed", detail: "web-login: anybody can use it" }] : [],
      chain: [
        {
          sha256: Array.from({ length: 32 }, (_part, place) =>
            ((host >> ((place % 4) * 8)) & 255).toString(16).padStart(2, "0"),
          )
            .join(":")
            .toUpperCase(),
          keySha256: mixed(host).toString(16).padStart(64, "0"),
          subject: `CN=host-${host}.lan`,
          issuer: host % 1000 === 5 ? "CN=Rare Authority" : "CN=Let's Encrypt R3",
          serial: host.toString(16),
          validFrom: now - 60 * dayMs,
          validTo: now + ((host % 400) - 20) * dayMs,
          names: Array.from(
            { length: host % 500 === 7 ? 200 : 3 },
            (_name, place) => `DNS:www${place}.host-${host}.lan`,
          ),
          selfSigned: host % 7 === 0,
        },
      ],
    }),
  );
  for (let from = 0; from < examined.length; from += 200) {
    const services = examined.slice(from, from + 200);
    await store.examinations.record({ watch: "lan", at: now - dayMs, services, audiences: [] });
  }
}

/** One service of thirty is exposed. */
function verdictOf(host: number): CheckResult {
  const verdict = host % 30 === 4 ? "exposed" : "protected";
  return { check: "web-login", passed: verdict === "protected", verdict, output: "", facts: {} };
}

async function fillDevices({ devices }: Store, count: number, now: number): Promise<void> {
  const all = Array.from({ length: count }, (_, number) => ({ number, mac: macOf(number) }));
  await devices.record({
    watch: "lan",
    at: now - dayMs,
    present: all.map(({ number, mac }) => ({ address: ipv4FromNumber(0x0a00_0000 + number), mac, link: "eth0" })),
    names: new Map(all.map(({ number, mac }) => [mac, [{ name: `host-${number}.lan`, source: "dns" as const }]])),
    vendors: new Map(
      all.map(({ number, mac }) => [
        mac,
        number % 3001 === 17 ? rare.vendor : (vendors[number % vendors.length] ?? ""),
      ]),
    ),
    probed: [],
    policy,
    audiences: [],
  });
  for (const { mac } of all.slice(0, 50)) await devices.setApproved(mac, true);
}

/** Alerts that were composed and sent; a few of them are dead. */
async function fillDeliveries(store: Store, count: number, now: number): Promise<void> {
  const text = "Somebody connected to a decoy port.\n".repeat(40);
  const batch = store.connections.newBatch();
  for (let from = 0; from < count; from += 500) {
    const ids = Array.from({ length: Math.min(500, count - from) }, (_, place) => `alert-${from + place}`);
    const at = now - spanMs + Math.floor((from / count) * spanMs);
    await store.connections.record(
      batch,
      ids.map((id) => ({ id, at, label: "decoy", channel: "mail", recipient: "bench@example.org", data: "{}" })),
    );
    await store.alerts.compose(
      ids.map((id) => ({
        id,
        message: {
          messageId: `<${id}@bench>`,
          date: at,
          subject: `Connection ${id}`,
          text,
          html: `<p>${text}${id}</p>`,
        },
      })),
      at,
    );
  }
  const reason = "the server rejected the recipient";
  await store.deliveries.withhold({ how: "drop", reason, at: now - 2 * dayMs });
}

/** @param note is told what begins */
export async function fillStore(store: Store, amounts: Amounts, note: (text: string) => void): Promise<void> {
  const now = Date.now();
  note("filling: connections");
  await fillConnections(store, amounts.connections, now);
  await fillOrigins(store, now);
  note("filling: services, scans, certificates");
  await fillServices(store, amounts.services, now);
  note("filling: devices and deliveries");
  await fillDevices(store, amounts.devices, now);
  await fillDeliveries(store, amounts.deliveries, now);
}
