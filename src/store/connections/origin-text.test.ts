import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatOrigin, parseOrigin } from "./origin-text.ts";

test("an origin can be stored in the database and read back", () => {
  const origin = {
    countryCode: "SE",
    city: "Linköping",
    latitude: 58.4167,
    longitude: -15.6,
    asn: 29518,
    hostname: "h89.example.net",
    hostnameConfirmed: false,
    placeSource: "maxmind",
  };
  assert.deepEqual(parseOrigin(formatOrigin(origin)), origin);
  assert.deepEqual(parseOrigin(formatOrigin({})), {});
});

test("names from the network are made safe and short", () => {
  const { hostname, organization } = parseOrigin(
    formatOrigin({ hostname: "\u001b[2Jhost\r\nX: 1", organization: "o".repeat(10_000) }),
  );
  assert.equal(hostname, ".[2Jhost X: 1");
  assert.ok((organization?.length ?? 0) < 300);
});

test("a damaged origin counts as unknown", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(typeof parseOrigin(text), "object");
    }),
  );
  assert.deepEqual(parseOrigin('{"asn":"x","hostname":3,"city":"Graz"}'), { city: "Graz" });
});
