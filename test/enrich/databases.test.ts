import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Origin } from "../../src/core/connection.ts";
import { silentLog } from "../../src/core/log.ts";
import { Enricher } from "../../src/inbound/enrich/enricher.ts";
import type { EnrichSettings } from "../../src/inbound/enrich/schema.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { equalFacts } from "../wire/equal-facts.ts";
import { anAddress } from "./an-address.ts";

const vectors = process.env["HARBINGER_VECTORS"];
const folder = vectors === undefined ? undefined : path.join(vectors, "geoip");
const maxmind =
  folder !== undefined && existsSync(folder)
    ? {}
    : { skip: "HARBINGER_VECTORS names no folder with MaxMind's test databases (geoip/*.mmdb)" };

const offline: EnrichSettings = {
  countryData: true,
  rdns: { enabled: false, timeoutMs: 1000 },
  ipApi: { enabled: false, endpoint: "http://127.0.0.1:9/", budgetPerMinute: 0 },
  allowPrivate: false,
  cacheSize: 100,
};

function enrich(text: string, settings: Partial<EnrichSettings>): Promise<Origin> {
  return new Enricher({ ...offline, ...settings, clock: systemClock, log: silentLog }).enrich(anAddress(text));
}

function withMaxmind(text: string): Promise<Origin> {
  return enrich(text, {
    cityDatabase: path.join(folder ?? "", "GeoLite2-City-Test.mmdb"),
    asnDatabase: path.join(folder ?? "", "GeoLite2-ASN-Test.mmdb"),
  });
}

test("MaxMind's City database gives every field of a place, in English", maxmind, async () => {
  equalFacts(await withMaxmind("81.2.69.142"), {
    countryCode: "GB",
    country: "United Kingdom",
    region: "England",
    city: "London",
    latitude: 51.5142,
    longitude: -0.0931,
    placeSource: "maxmind",
  });
});

for (const [address, city, countryCode, region] of [
  ["2.125.160.216", "Boxford", "GB", "West Berkshire"],
  ["89.160.20.112", "Linköping", "SE", "Östergötland County"],
  ["216.160.83.56", "Milton", "US", "Washington"],
] as const) {
  test(`MaxMind's City database places ${address} in ${city}, ${countryCode}`, maxmind, async () => {
    const origin = await withMaxmind(address);
    assert.deepEqual([origin.city, origin.countryCode, origin.region], [city, countryCode, region]);
  });
}

test("MaxMind's ASN database gives number and holder of a network", maxmind, async () => {
  const { asn, organization, provider } = await withMaxmind("1.128.0.0");
  assert.deepEqual([asn, organization, provider], [1221, "Telstra Pty Ltd", "AS1221 Telstra Pty Ltd"]);
});

test("an address that is not in MaxMind's database still gets the country of the shipped data", maxmind, async () => {
  const { countryCode, country, city, placeSource } = await withMaxmind("8.8.8.8");
  assert.deepEqual([countryCode, country, city, placeSource], ["US", "United States", undefined, "country-data"]);
});

test("IPv6 addresses are found in MaxMind's databases", maxmind, async () => {
  assert.equal((await withMaxmind("2001:218::1")).countryCode, "JP");
});

for (const [address, countryCode, country] of [
  ["8.8.8.8", "US", "United States"],
  ["193.0.6.139", "NL", "Netherlands"],
  ["2001:4860:4860::8888", "US", "United States"],
] as const) {
  test(`without any database of the user's, ${address} has a country: ${country}`, async () => {
    equalFacts(await enrich(address, {}), { countryCode, country, placeSource: "country-data" });
  });
}

test("without databases and country data nothing is known", async () => {
  assert.deepEqual(await enrich("8.8.8.8", { countryData: false }), {});
});

for (const address of [
  "127.0.0.1",
  "10.1.2.3",
  "192.168.0.1",
  "::1",
  "fd00::1",
  "fe80::1",
  "fe80::1%eth0",
  "100.64.0.1",
]) {
  test(`${address} has no place`, async () => {
    assert.deepEqual(await enrich(address, {}), {});
  });
}
