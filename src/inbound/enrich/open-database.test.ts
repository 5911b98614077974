import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { ipv4FromNumber } from "../../core/address.ts";
import { holderOfRecord } from "./asn/network-holder.ts";
import { placeOfRecord } from "./geo/place.ts";
import { databaseOf } from "./open-database.ts";

const marker = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");

test("content that is not a database is rejected with a reason", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const content = Buffer.concat([head, marker, tail]);
      assert.throws(() => databaseOf(content), Error);
      assert.throws(() => databaseOf(Buffer.from(head)), Error);
    }),
  );
});

test("a record of any shape gives a place and a holder, or none", () => {
  fc.assert(
    fc.property(fc.anything(), (record) => {
      const place = placeOfRecord(record, "maxmind");
      assert.ok(place === undefined || place.placeSource === "maxmind");
      holderOfRecord(record);
      placeOfRecord({ country: record, city: record, location: record, subdivisions: record }, "maxmind");
    }),
  );
});

test("a long name in a record is cut, and values of a wrong type are left out", () => {
  const place = placeOfRecord(
    {
      country: { iso_code: "de", names: { en: 7 } },
      city: { names: { en: "x".repeat(10_000) } },
      subdivisions: [{ names: { en: "Land" } }, { names: { en: "District" } }],
      location: { latitude: 91, longitude: 8 },
    },
    "maxmind",
  );
  assert.deepEqual(place, {
    countryCode: "DE",
    country: "Germany",
    region: "District",
    city: "x".repeat(200),
    placeSource: "maxmind",
  });
});

test("the flat layout of ip-location-db is also read", () => {
  assert.deepEqual(
    placeOfRecord(
      { country_code: "SE", state1: "Östergötland", city: "Linköping", latitude: "58.41", longitude: 15.62 },
      "maxmind",
    ),
    {
      countryCode: "SE",
      country: "Sweden",
      region: "Östergötland",
      city: "Linköping",
      latitude: 58.41,
      longitude: 15.62,
      placeSource: "maxmind",
    },
  );
});

test("an invalid number of an autonomous system is left out", () => {
  for (const number of [0, -1, 1.5, 2 ** 32]) {
    const record = { autonomous_system_number: number, autonomous_system_organization: "Example" };
    equalFacts(holderOfRecord(record), { organization: "Example" });
  }
  assert.equal(holderOfRecord({ autonomous_system_number: 0 }), undefined);
});

test("a search tree with arbitrary pointers does not hang or crash the reader", () => {
  // One node of an IPv4 tree with 24-bit records, then the data section: a map whose only value points back to it.
  const metadata = Buffer.concat([
    Buffer.from([0xe3]),
    ...[
      ["node_count", 1],
      ["record_size", 24],
      ["ip_version", 4],
    ].map(([key, value]) =>
      Buffer.concat([
        Buffer.from([0x40 | String(key).length]),
        Buffer.from(String(key)),
        Buffer.from([0xc1, Number(value)]),
      ]),
    ),
  ]);
  const data = Buffer.from([0xe1, 0x41, 0x61, 0x20, 0x00]);
  const node = Buffer.from([0, 0, 17, 0, 0, 17]);
  const content = Buffer.concat([node, Buffer.alloc(16), data, marker, metadata]);
  assert.throws(() => databaseOf(content), RangeError);
  const harmless = Buffer.concat([Buffer.from([0, 0, 1, 0, 0, 1]), Buffer.alloc(16), data, marker, metadata]);
  assert.equal(databaseOf(harmless).find(ipv4FromNumber(1)), undefined);
});
