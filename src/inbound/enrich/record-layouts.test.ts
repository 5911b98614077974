import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { holderOfRecord } from "./asn/network-holder.ts";
import { placeOfRecord } from "./geo/place.ts";
import { isOfOtherKind } from "./record-kind.ts";

describe("the place in a record", () => {
  for (const [maker, record, expected] of [
    [
      "MaxMind's, without English names",
      {
        country: { iso_code: "GB", names: { de: "Vereinigtes Königreich" } },
        city: { names: { de: "London", ja: "ロンドン" } },
        subdivisions: [{ names: { de: "England" } }],
      },
      { countryCode: "GB", country: "United Kingdom", region: "England", city: "London" },
    ],
    [
      "IPinfo's city",
      { city: "London", region: "England", country: "GB", latitude: "51.50853", longitude: "-0.12574" },
      {
        countryCode: "GB",
        country: "United Kingdom",
        region: "England",
        city: "London",
        latitude: 51.50853,
        longitude: -0.12574,
      },
    ],
    [
      "IPinfo's lite",
      { country: "United Kingdom", country_code: "GB", continent: "Europe", asn: "AS20712" },
      { countryCode: "GB", country: "United Kingdom" },
    ],
    [
      "IPinfo's of before",
      { country: "GB", country_name: "United Kingdom" },
      { countryCode: "GB", country: "United Kingdom" },
    ],
    ["one with a country by name alone", { country: "Atlantis" }, { country: "Atlantis" }],
  ] as const) {
    test(`is read from the layout of ${maker}`, () => {
      equalFacts(placeOfRecord(record, "maxmind"), { ...expected, placeSource: "maxmind" });
    });
  }

  test("is not the country where a network is registered", () => {
    assert.equal(placeOfRecord({ registered_country: { iso_code: "AU" } }, "maxmind"), undefined);
  });
});

describe("the network in a record", () => {
  const holder = { asn: 20712, organization: "Andrews & Arnold Ltd" };
  for (const [maker, record] of [
    ["MaxMind's", { autonomous_system_number: 20712, autonomous_system_organization: "Andrews & Arnold Ltd" }],
    [
      "MaxMind's Enterprise",
      { traits: { autonomous_system_number: 20712, autonomous_system_organization: "Andrews & Arnold Ltd" } },
    ],
    ["IPinfo's", { asn: "AS20712", as_name: "Andrews & Arnold Ltd" }],
    ["one with a number", { asn: 20712, as_organization: "Andrews & Arnold Ltd" }],
  ] as const) {
    test(`is read from the layout of ${maker}`, () => assert.deepEqual(holderOfRecord(record), holder));
  }

  test("is unknown if the number is invalid", () => {
    for (const asn of ["AS", "AS0", "ASx", "20712x", "AS99999999999", {}, []]) {
      assert.equal(holderOfRecord({ asn }), undefined, JSON.stringify(asn));
    }
  });
});

describe("any record", () => {
  test("is read without an exception", () => {
    fc.assert(
      fc.property(fc.anything(), (record) => {
        placeOfRecord(record, "maxmind");
        holderOfRecord(record);
        isOfOtherKind(record, "places");
      }),
    );
  });
});
