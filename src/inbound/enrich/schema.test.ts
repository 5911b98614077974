import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { enrichSchema, enrichSettings } from "./schema.ts";

test("by default peers get a country and a name, and only DNS is queried on the internet", () => {
  equalFacts(enrichSettings(enrichSchema.parse({})), {
    countryData: true,
    rdns: { enabled: true, timeoutMs: 1000 },
    ipApi: { enabled: false, endpoint: "http://ip-api.com/json/", budgetPerMinute: 40, timeoutMs: 3000 },
    allowPrivate: false,
    cacheSize: 20_000,
  });
});

test("every key takes effect", () => {
  const section = {
    geoip: { city_database: "/c.mmdb", asn_database: "/a.mmdb", country_data: false, allow_private: true },
    rdns: { enabled: false, timeout: "1500ms", servers: ["192.0.2.53", "[2001:db8::1]:5353", "127.0.0.1:53"] },
    ip_api: { enabled: true, endpoint: "https://example.net/x?key=1", budget_per_minute: 10, timeout: "2s" },
    cache_size: 5,
  };
  equalFacts(enrichSettings(enrichSchema.parse(section)), {
    cityDatabase: "/c.mmdb",
    asnDatabase: "/a.mmdb",
    countryData: false,
    rdns: { enabled: false, timeoutMs: 1500, servers: section.rdns.servers },
    ipApi: { enabled: true, endpoint: "https://example.net/x?key=1", budgetPerMinute: 10, timeoutMs: 2000 },
    allowPrivate: true,
    cacheSize: 5,
  });
});

for (const wrong of [
  { geoip: { city_db: "/c.mmdb" } },
  { rdns: { timeout: "1" } },
  { rdns: { timeout: "0s" } },
  { rdns: { timeout: "2h" } },
  { rdns: { servers: ["dns.example"] } },
  { rdns: { servers: ["192.0.2.1:70000"] } },
  { ip_api: { endpoint: "ftp://example.net/" } },
  { ip_api: { endpoint: "ip-api.com" } },
  { ip_api: { budget_per_minute: -1 } },
  { cache_size: 1.5 },
]) {
  test(`${JSON.stringify(wrong)} is rejected`, () => {
    assert.equal(enrichSchema.safeParse(wrong).success, false);
  });
}

test("every key has a description", () => {
  const undescribed: string[] = [];
  visit(z.toJSONSchema(enrichSchema, { io: "input" }), "enrich", undescribed);
  assert.deepEqual(undescribed, []);
});

function visit(schema: z.core.JSONSchema.BaseSchema, name: string, undescribed: string[]): void {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === "boolean") continue;
    if (property.description === undefined) undescribed.push(`${name}.${key}`);
    visit(property, `${name}.${key}`, undescribed);
  }
}
