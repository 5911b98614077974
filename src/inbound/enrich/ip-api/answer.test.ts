import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalFacts } from "../../../../test/wire/equal-facts.ts";
import { parseIpApiAnswer } from "./answer.ts";

test("a field of a wrong type or out of range is left out, and the others are kept", () => {
  const body = {
    status: "success",
    country: 7,
    countryCode: "DEU",
    city: "Ulm",
    lat: 500,
    lon: 9,
    isp: ["x"],
    as: "ASN",
  };
  equalFacts(parseIpApiAnswer(JSON.stringify(body)), { place: { city: "Ulm", placeSource: "ip-api" } });
});

test("empty fields, as for a network without a number, are unknown", () => {
  const body = { status: "success", country: "Germany", countryCode: "DE", city: "", isp: "", org: "Somebody", as: "" };
  equalFacts(parseIpApiAnswer(JSON.stringify(body)), {
    place: { countryCode: "DE", country: "Germany", placeSource: "ip-api" },
    holder: { organization: "Somebody" },
  });
});

test("a rejection is an answer without content, and anything else is not an answer", () => {
  assert.deepEqual(parseIpApiAnswer('{"status":"fail","message":"private range"}'), {});
  for (const body of ["", "null", "[]", "{}", '{"status":"maybe"}', '{"status":"success"']) {
    assert.equal(parseIpApiAnswer(body), undefined, body);
  }
});

test("no body makes the parser throw, and no text in the answer is long", () => {
  const field = fc.oneof(fc.string({ maxLength: 1000 }), fc.double(), fc.constant(null), fc.anything());
  const answer = fc.record(
    {
      country: field,
      countryCode: field,
      regionName: field,
      city: field,
      lat: field,
      lon: field,
      isp: field,
      org: field,
      as: field,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        answer.map((fields) => textOf({ ...fields, status: "success" })),
      ),
      (body) => {
        const parsed = parseIpApiAnswer(body);
        assert.ok(JSON.stringify(parsed ?? {}).length < 20_000);
        assert.ok((parsed?.place?.city ?? "").length <= 200);
      },
    ),
  );
});

function textOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "{}";
  }
}
