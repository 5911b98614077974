import assert from "node:assert/strict";
import { test } from "node:test";
import type { CertificateJson } from "../certificates/certificate-schema.ts";
import { byUrgency, isUrgent } from "./service-order.ts";
import type { ServiceDetailsJson } from "./service-schema.ts";

const at = "2026-11-29T12:00:00.000Z";

function service(port: number, more: Partial<ServiceDetailsJson> = {}): ServiceDetailsJson {
  const watches = [{ watch: "lan", state: "present" as const }];
  const base = { address: "192.0.2.1", firstSeen: at, lastSeen: at, watches, results: [], certificates: [] };
  return { ...base, port, ...more };
}

function certificate(port: number, daysLeft: number, more: object = {}): CertificateJson {
  const shown = { address: "192.0.2.1", port, firstSeen: at, lastSeen: at, current: true, issuer: false, ...more };
  const names = { sha256: "AA", subject: "CN=a", issuer: "CN=a", serial: "1", keySha256: "aa", names: [] };
  const counts = { serviceCount: 1, currentCount: 1 };
  return { ...names, selfSigned: true, daysLeft, firstSeen: at, lastSeen: at, services: [shown], ...counts };
}

test("exposed services come first, then expired certificates, then the others, last what is gone; each by port", () => {
  const gone = { watches: [{ watch: "lan", state: "gone" as const }] };
  const sorted = byUrgency([
    service(8443, { certificates: [certificate(8443, -3)] }),
    service(443),
    service(21, gone),
    service(6379, { exposed: true }),
    service(22),
    service(2375, { exposed: true }),
    service(11, { ...gone, exposed: true }),
  ]);
  assert.deepEqual(
    sorted.map(({ port }) => port),
    [2375, 6379, 8443, 22, 443, 11, 21],
  );
});

test("an expired certificate is urgent only where the service itself shows it now", () => {
  const isUrgentWith = (shown: CertificateJson) => isUrgent(service(443, { certificates: [shown] }));
  assert.equal(isUrgentWith(certificate(443, -1)), true);
  assert.equal(isUrgentWith(certificate(443, 0)), false);
  assert.equal(isUrgentWith(certificate(443, -1, { current: false })), false);
  assert.equal(isUrgentWith(certificate(443, -1, { issuer: true })), false);
  assert.equal(isUrgentWith(certificate(8443, -1)), false);
});
