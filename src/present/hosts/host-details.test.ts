import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { CertificateSighting, StoredCertificate, StoredCheckResult } from "../../core/examination.ts";
import type { ServiceRecord } from "../../core/store.ts";
import { certificateDetails, shownWhere } from "../certificates/certificate-words.ts";
import { historyLines } from "../discoveries/history-lines.ts";
import { formatTime } from "../text/time-text.ts";
import { serviceDetails } from "./host-details.ts";
import { serviceDetailsJson } from "./service-json.ts";

const now = Date.UTC(2026, 10, 25, 12);
const day = 86_400_000;

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const own = address("10.0.0.5");
const service: ServiceRecord = {
  address: own,
  port: 443,
  firstSeen: now - 9 * day,
  lastSeen: now,
  watches: [{ watch: "lan-web", state: "present" }],
};

function result(check: string, more: Partial<StoredCheckResult> = {}): StoredCheckResult {
  return { address: own, port: 443, at: now, check, passed: true, output: "", facts: {}, ...more };
}

function sighting(host: string, more: Partial<CertificateSighting> = {}): CertificateSighting {
  const seen = { firstSeen: now - 5 * day, lastSeen: now };
  return { address: address(host), port: 443, ...seen, isCurrent: true, isIssuer: false, ...more };
}

function certificate(subject: string, more: Partial<StoredCertificate> = {}): StoredCertificate {
  const services = more.services ?? [sighting("10.0.0.5")];
  return {
    sha256: "AB:CD",
    keySha256: "abcd",
    subject,
    issuer: "CN=Example CA",
    serial: "0A",
    validFrom: now - 80 * day,
    validTo: now + 12 * day,
    names: ["DNS:www.example.org"],
    selfSigned: false,
    firstSeen: now - 5 * day,
    lastSeen: now,
    serviceCount: services.length,
    currentCount: services.filter(({ isCurrent }) => isCurrent).length,
    ...more,
    services,
  };
}

describe("the details of a service", () => {
  const plain = { now, colour: false };

  test("are empty if no check ran", () => {
    assert.equal(serviceDetails(service, { results: [], certificates: [] }, plain), "");
  });

  test("are the last result of each check with its time, and the certificate with its expiry and its other services", () => {
    const found = {
      results: [
        result("cert", { output: "1 certificate saved\n1. CN=www.example.org" }),
        result("exposure", { verdict: "exposed", output: "exposed: grafana: lists dashboards" }),
      ],
      certificates: [
        certificate("CN=Example CA", {
          issuer: "CN=Example CA",
          selfSigned: true,
          services: [sighting("10.0.0.5", { isIssuer: true })],
          validTo: now + 900 * day,
        }),
        certificate("CN=www.example.org", {
          services: [sighting("10.0.0.5"), sighting("10.0.0.6"), sighting("fd00::1", { port: 8443 })],
        }),
      ],
    };
    assert.equal(
      serviceDetails(service, found, plain),
      `Port 443: present in lan-web
  cert (${formatTime(now)})
    1 certificate saved
    1. CN=www.example.org
  exposure (${formatTime(now)}): exposed
    grafana: lists dashboards
  certificate: CN=www.example.org; ends in 12 days (2026-12-07 UTC)
    issued by CN=Example CA; shown since 2026-11-20
    also on 10.0.0.6:443, [fd00::1]:8443
  issuer: CN=Example CA; ends in 900 days (2029-05-13 UTC)
    self-signed; shown since 2026-11-20`,
    );
  });

  test("have the same indentation for every output, whatever indentation it has", () => {
    const found = {
      results: [result("port", { output: "\n  one\n  two\n" }), result("cert", { output: "three\nfour" })],
      certificates: [],
    };
    assert.equal(
      serviceDetails(service, found, plain),
      `Port 443: present in lan-web
  port (${formatTime(now)})
    one
    two
  cert (${formatTime(now)})
    three
    four`,
    );
  });

  test("have colour on a terminal only", () => {
    const found = { results: [result("exposure", { verdict: "protected" })], certificates: [] };
    assert.ok(serviceDetails(service, found, { now, colour: true }).endsWith(": \u001b[1;32mprotected\u001b[0m"));
    assert.ok(!serviceDetails(service, found, plain).includes("\u001b"));
  });

  test("name a few of the earlier certificates, and count the rest", () => {
    const former = { isCurrent: false, lastSeen: now - day };
    const certificates = [1, 2, 3, 4, 5].map((number) =>
      certificate(`CN=old-${number}`, { services: [sighting("10.0.0.5", former)], validTo: now - 3 * day }),
    );
    const text = serviceDetails(service, { results: [], certificates }, plain);
    assert.match(text, new RegExp(`earlier certificate: CN=old-1; ended 3 days ago .* ${formatTime(now - day)}$`, "m"));
    assert.equal(text.match(/earlier certificate/g)?.length, 3);
    assert.match(text, /^ {2}\.\.\. and 2 earlier: harbinger certificates 10\.0\.0\.5 --all$/m);
  });

  test("contain no control characters from untrusted text", () => {
    const found = {
      results: [result("cert", { output: "\u001b[2Jgone\r\nnext" })],
      certificates: [certificate("CN=\u001b]0;title\u0007")],
    };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    assert.doesNotMatch(serviceDetails(service, found, plain), /[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe("the history of an address", () => {
  test("has the details of each change", () => {
    const change: Discovery = {
      id: 1,
      watch: "lan-web",
      scanId: 1,
      kind: "certificate-expiring",
      at: now,
      address: own,
      port: 443,
      detail: "CN=www.example.org, ends in 7 days",
      firstScan: false,
    };
    const found: Discovery = { ...change, kind: "new", detail: "", evidence: "port is open\nTLS detected" };
    assert.equal(
      historyLines([change, found]),
      `${formatTime(now)}  certificate-expiring  port 443  (lan-web)  CN=www.example.org, ends in 7 days
${formatTime(now)}  new                   port 443  (lan-web)
    port is open
    TLS detected`,
    );
  });
});

describe("services that show a certificate", () => {
  test("fit into a cell", () => {
    assert.equal(shownWhere(certificate("CN=a")), "10.0.0.5:443");
    const many = Array.from({ length: 100 }, (_, index) => sighting(`10.0.1.${index}`));
    assert.equal(
      shownWhere(certificate("CN=a", { services: many, serviceCount: 1100, currentCount: 1100 })),
      "10.0.1.0:443 and 1,099 more",
    );
    const gone = sighting("10.0.0.6", { isCurrent: false });
    assert.equal(shownWhere(certificate("CN=a", { services: [sighting("10.0.0.5"), gone] })), "10.0.0.5:443");
    assert.equal(shownWhere(certificate("CN=a", { services: [gone] })), "earlier on 10.0.0.6:443");
    const issuer = [sighting("10.0.0.5", { isIssuer: true })];
    assert.equal(shownWhere(certificate("CN=a", { services: issuer })), "10.0.0.5:443 (as issuer)");
  });

  test("are listed with the other details of the certificate", () => {
    const shown = certificate("", {
      services: [sighting("10.0.0.5"), sighting("10.0.0.6", { isCurrent: false })],
    });
    const kin = [certificate("CN=old", { validTo: now - 3 * day })];
    assert.equal(
      certificateDetails(shown, kin, now),
      `DNS:www.example.org: ends in 12 days (2026-12-07 UTC)
  issued by    CN=Example CA
  names        DNS:www.example.org
  valid        2026-09-06 to 2026-12-07 UTC
  shown on     10.0.0.5:443
  earlier on   10.0.0.6:443
  seen         ${formatTime(now - 5 * day)} to ${formatTime(now)}
  same key in  CN=old (ended 3 days ago (2026-11-22 UTC))
  serial       0A
  SHA-256      AB:CD
  key SHA-256  abcd`,
    );
  });
});

describe("a service as JSON", () => {
  test("has ISO times everywhere, and leaves out those that cannot be read", () => {
    const found = { results: [result("cert")], certificates: [certificate("CN=a", { validTo: Number.NaN })] };
    const json = JSON.parse(JSON.stringify(serviceDetailsJson(service, found, { now }))) as {
      firstSeen: string;
      results: unknown[];
      certificates: Record<string, unknown>[];
    };
    assert.equal(json.firstSeen, "2026-11-16T12:00:00.000Z");
    assert.deepEqual(json.results, [
      { check: "cert", time: "2026-11-25T12:00:00.000Z", passed: true, output: "", facts: {} },
    ]);
    const [shown] = json.certificates;
    assert.equal(shown?.["validFrom"], "2026-09-06T12:00:00.000Z");
    assert.ok(shown !== undefined && !("validTo" in shown) && !("daysLeft" in shown));
    assert.deepEqual(shown["services"], [
      {
        address: "10.0.0.5",
        port: 443,
        firstSeen: "2026-11-20T12:00:00.000Z",
        lastSeen: "2026-11-25T12:00:00.000Z",
        current: true,
        issuer: false,
      },
    ]);
  });
});
