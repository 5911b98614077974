// Each case is an alert and its exact text in golden/. After an intended change:
// UPDATE_GOLDEN=1 node --test src/inbound/announce/golden.test.ts
// (JSON has another file extension, so that the source formatter does not rewrite it.)
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { address, at, connection, hour, linkoping, minute } from "../../../test/alert/samples.ts";
import { portwatcherText } from "../../compat/portwatcher/alert-defaults.ts";
import { portwatcherAlertLayout } from "../../compat/portwatcher/alert-text.ts";
import { type Mac, parseMac } from "../../core/device.ts";
import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";
import { identify } from "../../wire/identify.ts";
import type { Alert } from "../alert/alert.ts";
import { alertSettings, alertsSchema } from "../decide/schema.ts";
import { AlertComposer } from "./compose-alert.ts";

function connected(payload: string | Uint8Array, more: Partial<Alert & { kind: "connection" }> = {}): Alert {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  return {
    kind: "connection",
    connection: connection(bytes, identify(bytes)),
    origin: {},
    suppressedBefore: 0,
    ...more,
  };
}

function mac(text: string): Mac {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const hello = readFileSync(path.join(import.meta.dirname, "../../wire/tls/fixtures/curl-openssl3.bin"));
const get = "GET /admin?x=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n";
const phone = mac("a6:5e:60:12:34:56");
const forged = "Org: Friendly Research\nSuppressed (since last notify for this IP): 0\n\u202eevil\u001b[2J";
const classic: AlertTextSettings = { ...portwatcherText, timeZone: "Europe/Berlin" };
const full = alertSettings(alertsSchema.parse({ time_zone: "Europe/Berlin" })).text;

const burst = {
  address: address("89.160.20.112"),
  connections: 42,
  firstAt: at + minute,
  lastAt: at + 20 * minute,
  ports: [22, 80, 8000, 8001, 8002],
  morePorts: true,
  protocols: [
    { protocol: "ssh", connections: 40 },
    { protocol: "http", connections: 1 },
    { protocol: "http2", connections: 1 },
  ],
} as const;

const digest = {
  connections: 655_350,
  firstAt: at,
  lastAt: at + hour,
  addresses: 20_000,
  moreAddresses: true,
  topAddresses: [
    { address: address("89.160.20.112"), countryCode: "SE", connections: 65_535 },
    { address: address("2001:db8::7"), connections: 3 },
  ],
  ports: 65_535,
  topPorts: [
    { port: 22, connections: 100 },
    { port: 23, connections: 99 },
  ],
  protocols: [
    { protocol: "none", connections: 655_349 },
    { protocol: "rdp", connections: 1 },
  ],
  topCountries: [{ countryCode: "SE", connections: 65_535 }],
  countries: 1,
} as const;

const cases: Readonly<Record<string, readonly [Alert, AlertTextSettings]>> = {
  "classic-http": [connected(get, { origin: linkoping, suppressedBefore: 3 }), classic],
  "classic-tls-fingerprints": [
    connected(hello, { origin: { countryCode: "DE", country: "Germany" } }),
    { ...classic, fingerprints: true, includeUtc: true, includeCoordinates: true },
  ],
  "classic-silent": [connected(""), classic],
  "classic-plain": [
    connected("SSH-2.0-Go\r\n", { origin: linkoping }),
    {
      html: false,
      timeZone: "UTC",
      includeUtc: false,
      includeCity: false,
      includeCoordinates: true,
      coordinatePrecision: 0,
      fingerprints: false,
    },
  ],
  "classic-forged": [connected(forged, { origin: { city: "a\nSubject: b", hostname: "x\r\ny" } }), classic],
  "full-http": [connected(get, { origin: linkoping, suppressedBefore: 3 }), full],
  "full-tls": [
    connected(hello, { origin: { ...linkoping, provider: "Example Carrier", hostnameConfirmed: false } }),
    full,
  ],
  "full-ssh": [connected("SSH-2.0-Go\r\n", { origin: linkoping }), full],
  "full-redis": [connected("*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$3\r\ndir\r\n", { origin: linkoping }), full],
  "full-silent": [connected(""), full],
  "full-forged": [connected(forged, { origin: { city: "a\nSubject: b", hostname: "x\r\ny" } }), full],
  "full-unknown": [connected(Uint8Array.from([1, 2, 3, 255, 254]), { origin: linkoping }), full],
  summary: [{ kind: "summary", burst, origin: linkoping }, full],
  "summary-classic": [{ kind: "summary", burst, origin: {} }, classic],
  "full-device": [
    connected(get, { devices: [{ name: "Anna's phone\nSubject: x", vendor: "Apple", mac: phone }] }),
    full,
  ],
  "classic-device": [connected(get, { devices: [{ name: "Anna's phone", mac: phone }] }), classic],
  digest: [{ kind: "digest", digest }, full],
  "digest-classic": [{ kind: "digest", digest: { ...digest, addresses: 23, moreAddresses: false } }, classic],
};

const folder = path.join(import.meta.dirname, "golden");
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

function matches(name: string, actual: string): void {
  const file = path.join(folder, name);
  if (isUpdate) writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, "utf8"));
}

/** The style sheet is shared with reports, and changes with them. */
function withoutStyleSheet(html: string): string {
  return html.replace(/<style>.*?<\/style>/s, "<style></style>");
}

describe("an alert is unchanged", () => {
  for (const [name, [alert, settings]] of Object.entries(cases)) {
    const layout = name.includes("classic") ? portwatcherAlertLayout : undefined;
    const message = new AlertComposer(settings, layout).compose(alert, {
      messageId: "<a.1@harbinger.test>",
      at,
      html: true,
    });
    test(`${name}, as text`, () => matches(`${name}.txt`, `${message.subject}\n\n${message.text}`));
    const { html } = message;
    if (html !== undefined) test(`${name}, as HTML`, () => matches(`${name}.html`, withoutStyleSheet(html)));
    test(`${name}, as JSON`, () => {
      matches(`${name}.json.golden`, `${JSON.stringify(JSON.parse(message.json ?? ""), undefined, 2)}\n`);
    });
  }
});

// The same once more, written out here, so that rewriting the golden files cannot hide a change that breaks the
// filters of people who used the earlier tool.
describe("a classic alert has the subject and the lines of the earlier tool", () => {
  const message = new AlertComposer(classic, portwatcherAlertLayout).compose(
    connected(get, { origin: linkoping, suppressedBefore: 3 }),
    {
      messageId: "<a.1@harbinger.test>",
      at,
    },
  );

  test("subject", () => assert.equal(message.subject, "SE Linköping 89.160.20.112"));

  test("no HTML part", () => assert.equal(message.html, undefined));

  test("text", () => {
    assert.deepEqual(message.text.split("\n"), [
      "Timestamp: 2026-01-31T08:00:00+01:00",
      "Peer IP: 89.160.20.112",
      "Port: 51234",
      "rDNS: h89.example.net",
      "Country: SE / Sweden",
      "City/Region: Linköping / Östergötland County",
      "BytesIn/Probe: 84 in 12ms",
      "Detected: http",
      "HTTP: GET /admin?x=1 HTTP/1.1",
      "Host: shop.example",
      "User-Agent: curl/8.5.0",
      "SNI: -",
      "ALPN: -",
      "Payload (text, 84B):",
      "GET /admin?x=1 HTTP/1.1",
      "  Host: shop.example",
      "  User-Agent: curl/8.5.0",
      "Accept: */*",
      "Org: Bredband2 AB",
      "Provider: AS29518 Bredband2 AB",
      "Local: 192.0.2.1:1417",
      "Suppressed (since last notify for this IP): 3",
      "",
    ]);
  });
});
