import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { address, at, connection, linkoping } from "../../../test/alert/samples.ts";
import type { Origin } from "../../core/connection.ts";
import { identify } from "../../wire/identify.ts";
import type { AlertTextSettings } from "./alert.ts";
import { classicText, fullText } from "./alert-defaults.ts";
import { AlertComposer, alertMessageId } from "./compose-alert.ts";
import { zonedTime } from "./zoned-time.ts";

const classic: AlertTextSettings = { ...classicText, timeZone: "Europe/Berlin" };
const envelope = { messageId: "<a.1@harbinger.test>", at };

function subjectOf(origin: Origin): string {
  const alert = {
    kind: "connection",
    connection: connection("", identify(new Uint8Array())),
    origin,
    suppressedBefore: 0,
  } as const;
  return new AlertComposer(classic).compose(alert, envelope).subject;
}

describe("the subject of an alert", () => {
  it("is country, place and address, each left out where it is not known", () => {
    assert.equal(subjectOf(linkoping), "SE Linköping 89.160.20.112");
    assert.equal(
      subjectOf({ countryCode: "SE", country: "Sweden", region: "Östergötland" }),
      "SE Östergötland 89.160.20.112",
    );
    assert.equal(subjectOf({ countryCode: "SE", country: "Sweden", region: "", city: " " }), "SE Sweden 89.160.20.112");
    assert.equal(subjectOf({ countryCode: "SE" }), "SE 89.160.20.112");
    assert.equal(subjectOf({ city: "Linköping" }), "Linköping 89.160.20.112");
    assert.equal(subjectOf({}), "89.160.20.112");
  });

  it("is one safe line, whatever a table calls a place", () => {
    assert.equal(subjectOf({ city: "a\r\nBcc: b\u202e" }), "a Bcc: b. 89.160.20.112");
    assert.ok(subjectOf({ city: "x".repeat(5000) }).length < 250);
  });
});

const labels = [
  "Timestamp:",
  "Peer IP:",
  "Port:",
  "rDNS:",
  "Country:",
  "City/Region:",
  "BytesIn/Probe:",
  "Detected:",
  "HTTP:",
  "Host:",
  "User-Agent:",
  "SNI:",
  "ALPN:",
  "Payload (",
  "Org:",
  "Provider:",
  "Local:",
  "Suppressed (since last notify for this IP):",
];

describe("the text of an alert", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom(...labels).map((label) => `x\n${label} forged\r${label}`),
  );
  const origins = fc.record(
    {
      countryCode: hostile,
      country: hostile,
      region: hostile,
      city: hostile,
      organization: hostile,
      provider: hostile,
      hostname: hostile,
    },
    { requiredKeys: [] },
  );
  const payloads = fc.oneof(
    hostile.map((text) => Uint8Array.from(Buffer.from(text))),
    hostile.map((text) =>
      Uint8Array.from(Buffer.from(`GET /${text} HTTP/1.1\r\nHost: ${text}\r\nUser-Agent: ${text}\r\n\r\n`)),
    ),
    fc.uint8Array({ maxLength: 300 }),
  );

  it("has each line of ours once and in order, and nothing that moves a cursor, whatever a stranger sends", () => {
    const composer = new AlertComposer(classic);
    fc.assert(
      fc.property(payloads, origins, (payload, origin) => {
        const alert = {
          kind: "connection",
          connection: connection(payload, identify(payload)),
          origin,
          suppressedBefore: 1,
        } as const;
        const { subject, text, json } = composer.compose(alert, envelope);
        const found = text.split("\n").flatMap((line) => labels.filter((label) => line.startsWith(label)));
        assert.deepEqual(found, labels);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(text.replace(/[\n\t]/g, "")), false);
        assert.equal(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(subject), false);
        assert.equal(JSON.parse(json ?? "").type, "connection");
      }),
      { numRuns: 300 },
    );
  });

  it("our own look has no line about a protocol that was not spoken", () => {
    const payload = Buffer.from("SSH-2.0-Go\r\n");
    const alert = {
      kind: "connection",
      connection: connection(payload, identify(payload)),
      origin: {},
      suppressedBefore: 0,
    } as const;
    const { text } = new AlertComposer(fullText).compose(alert, envelope);
    assert.doesNotMatch(text, /^(?:HTTP|Host|User-Agent|SNI|ALPN|JA3):/m);
    assert.match(text, /^Detected: ssh\nDetails: ident=SSH-2\.0-Go$/m);
  });

  it("names the network once, whether or not its provider is called by number", () => {
    const asked = (origin: Origin) => {
      const alert = { kind: "connection", connection: connection("", identify(new Uint8Array(0))), origin } as const;
      const { text } = new AlertComposer(fullText).compose({ ...alert, suppressedBefore: 0 }, envelope);
      return /^Provider: (.*)$/m.exec(text)?.[1];
    };
    assert.equal(asked({ asn: 64500, organization: "Example Carrier" }), "AS64500 Example Carrier");
    assert.equal(asked({ asn: 64500, provider: "AS64500 Example Carrier" }), "AS64500 Example Carrier");
    assert.equal(asked({ asn: 64500, provider: "AS64500" }), "AS64500");
    assert.equal(asked({ asn: 64500, provider: "Vodafone" }), "AS64500 Vodafone");
    assert.equal(asked({ provider: "Vodafone" }), "Vodafone");
  });

  it("leaves out what a fingerprint was made of", () => {
    const payload = Buffer.from("SSH-2.0-Go\r\n");
    const identified = identify(payload);
    const ssh = { ident: "SSH-2.0-Go", hassh: "8a8ae540028bf433cd68356c1b9e8d5b", hasshAlgorithms: "a,b;c;d;e" };
    const alert = { kind: "connection", connection: connection(payload, { ...identified, ssh }), origin: {} } as const;
    const { text } = new AlertComposer(fullText).compose({ ...alert, suppressedBefore: 0 }, envelope);
    assert.match(text, /^Details: ident=SSH-2\.0-Go; hassh=8a8ae540028bf433cd68356c1b9e8d5b$/m);
  });

  it("names the scanner, and the proxy that handed the connection over", () => {
    const spoken = { ...identify(Buffer.from("x")), scanner: "nmap", probe: "GetRequest" };
    const via = { address: address("10.0.0.1"), port: 443 };
    const alert = {
      kind: "connection",
      connection: { ...connection("x", spoken), via },
      origin: {},
      suppressedBefore: 0,
    } as const;
    const { text } = new AlertComposer(fullText).compose(alert, envelope);
    assert.match(text, /^Scanner: nmap \(GetRequest\)\nVia: 10\.0\.0\.1:443$/m);
  });
});

describe("JSON for programs", () => {
  it("has no more of the place, and no payload, than the owner wants to be told", () => {
    const alert = {
      kind: "connection",
      connection: connection("x", identify(Buffer.from("x"))),
      origin: linkoping,
      suppressedBefore: 0,
    } as const;
    const { payload: _, ...quiet } = { ...classic, includeCity: false };
    const little = JSON.parse(new AlertComposer(quiet).compose(alert, envelope).json ?? "");
    const much = JSON.parse(
      new AlertComposer({ ...classic, includeCoordinates: true, coordinatePrecision: 1 }).compose(alert, envelope)
        .json ?? "",
    );
    assert.equal("payload" in little, false);
    assert.deepEqual([little.origin.city, little.origin.latitude], [undefined, undefined]);
    assert.deepEqual([much.origin.city, much.origin.latitude, much.origin.longitude], ["Linköping", 58.4, 15.6]);
  });
});

describe("times", () => {
  it("carry the offset of their zone, in summer and winter", () => {
    const berlin = zonedTime("Europe/Berlin");
    assert.equal(berlin(Date.UTC(2026, 0, 31, 7)), "2026-01-31T08:00:00+01:00");
    assert.equal(berlin(Date.UTC(2026, 6, 31, 7)), "2026-07-31T09:00:00+02:00");
    assert.equal(berlin(Date.UTC(2026, 9, 25, 0, 59, 59)), "2026-10-25T02:59:59+02:00");
    assert.equal(berlin(Date.UTC(2026, 9, 25, 1)), "2026-10-25T02:00:00+01:00");
    assert.equal(zonedTime("UTC")(at), "2026-01-31T07:00:00+00:00");
    assert.equal(zonedTime("Asia/Kolkata")(at), "2026-01-31T12:30:00+05:30");
    assert.equal(zonedTime("America/New_York")(at), "2026-01-31T02:00:00-05:00");
  });

  it("of any number read back as the same second", () => {
    const zone = zonedTime("Australia/Lord_Howe");
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2200, 0) }), (time) => {
        assert.equal(Date.parse(zone(time)), Math.floor(time / 1000) * 1000);
      }),
    );
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1e300]) assert.match(zone(odd), /^\d{4}-/);
  });
});

it("a message identifier is the same for the same alert, and safe", () => {
  assert.equal(alertMessageId(["connection", "01-a", "mail"], "host.example"), "<connection.01-a.mail@host.example>");
  assert.equal(alertMessageId(["a>\r\nb"], "h h"), "<a---b@h-h>");
  assert.equal(alertMessageId(["a"], ""), "<a@localhost>");
});
