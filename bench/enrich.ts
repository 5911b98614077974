/**
 * How many peers per second `Enricher` looks up with both databases, alternating with the bare `maxmind` reader.
 *
 *   node bench/enrich.ts [SECONDS] [CITY.mmdb ASN.mmdb]
 *
 * Without files it uses MaxMind's test databases from HARBINGER_VECTORS (their trees are small), else the shipped country
 * data in place of the city database. "cached": the same 1,000 peers repeatedly. "uncached": a new random address each time,
 * so that each one takes another path of the tree.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "maxmind";
import { type Address, ipv4FromNumber } from "../src/core/address.ts";
import { silentLog } from "../src/core/log.ts";
import { Enricher, type EnricherOptions } from "../src/inbound/enrich/enricher.ts";
import { systemClock } from "../src/platform/system-clock.ts";

const secondsPerCase = Number(process.argv[2] ?? 2);
const rounds = 8;
const vectors = process.env["HARBINGER_VECTORS"];
const countryData = fileURLToPath(
  import.meta.resolve("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb"),
);
const [cityFile, asnFile] = process.argv[4] !== undefined ? [process.argv[3] ?? "", process.argv[4]] : testDatabases();

const base: EnricherOptions = {
  countryData: false,
  rdns: { enabled: false, timeoutMs: 1000 },
  ipApi: { enabled: false, endpoint: "http://127.0.0.1:9/", budgetPerMinute: 0 },
  allowPrivate: true,
  cacheSize: 20_000,
  clock: systemClock,
  log: silentLog,
};
const both = new Enricher({ ...base, cityDatabase: cityFile, asnDatabase: asnFile });
const shipped = new Enricher({ ...base, countryData: true });
const cities = await open(cityFile);
const networks = await open(asnFile);

// Half of them where MaxMind's test data have records, half anywhere. Mulberry32, so that every run uses the same.
let state = 1;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return (mixed ^ (mixed >>> 14)) >>> 0;
}
const anywhere = (): Address => ipv4FromNumber(random());
const few = Array.from({ length: 1000 }, (_, i) =>
  i % 2 === 0 ? ipv4FromNumber(0x51_02_45_00 + (i >> 1)) : anywhere(),
);
let turn = 0;
const again = (): Address => few[turn++ % few.length] ?? anywhere();

const cases: readonly { readonly name: string; readonly lookup: () => unknown }[] = [
  { name: "both databases, cached", lookup: () => both.enrich(again()) },
  { name: "both databases, uncached", lookup: () => both.enrich(anywhere()) },
  { name: "both databases, uncached, with a deadline", lookup: () => both.enrich(anywhere(), { deadlineMs: 1000 }) },
  { name: "shipped country data, cached", lookup: () => shipped.enrich(again()) },
  { name: "shipped country data, uncached", lookup: () => shipped.enrich(anywhere()) },
  { name: "bare readers, cached", lookup: () => bare(again()) },
  { name: "bare readers, uncached", lookup: () => bare(anywhere()) },
];

const total = cases.map(() => ({ calls: 0, elapsedMs: 0 }));
for (const { lookup } of cases) await run(lookup, 200);
for (let round = 0; round < rounds; round++) {
  for (const [index, { lookup }] of cases.entries()) {
    const measured = await run(lookup, (secondsPerCase * 1000) / rounds);
    const sum = total[index];
    if (sum === undefined) continue;
    sum.calls += measured.calls;
    sum.elapsedMs += measured.elapsedMs;
  }
}
for (const [index, { name }] of cases.entries()) {
  const { calls, elapsedMs } = total[index] ?? { calls: 0, elapsedMs: 1 };
  const perSecond = Math.round((calls * 1000) / elapsedMs).toLocaleString("en-US");
  const microseconds = ((elapsedMs * 1000) / calls).toFixed(2);
  process.stdout.write(`${name.padEnd(44)} ${perSecond.padStart(12)}/s ${microseconds.padStart(8)} µs\n`);
}
process.stdout.write(`resident memory ${Math.round(process.memoryUsage.rss() / 1024 ** 2)} MiB\n`);

function bare(address: Address): unknown {
  return [cities.get(address), networks.get(address)];
}

async function run(
  lookup: () => unknown,
  forMs: number,
): Promise<{ readonly calls: number; readonly elapsedMs: number }> {
  const started = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  do {
    for (let i = 0; i < 100; i++) await lookup();
    calls += 100;
    elapsedMs = performance.now() - started;
  } while (elapsedMs < forMs);
  return { calls, elapsedMs };
}

function testDatabases(): [string, string] {
  if (vectors === undefined) return [countryData, countryData];
  const folder = path.join(vectors, "geoip");
  return [path.join(folder, "GeoLite2-City-Test.mmdb"), path.join(folder, "GeoLite2-ASN-Test.mmdb")];
}
