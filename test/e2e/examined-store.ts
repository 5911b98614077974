import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Audience } from "../../src/core/delivery.ts";
import type { ExaminedService, ObservedCertificate } from "../../src/core/examination.ts";
import { openStore } from "../../src/store/open-store.ts";
import { address, look, sighting } from "../store/sample.ts";

/** A database in `directory` as scans and checks of the last week left it. */

const day = 86_400_000;

const audience: Audience = { label: "Web", channel: "file", recipient: "", watches: ["lan-web"] };

export function fingerprint(byte: string): string {
  return Array.from({ length: 32 }, () => byte).join(":");
}

const issuer: ObservedCertificate = {
  sha256: fingerprint("CA"),
  keySha256: "ca".repeat(32),
  subject: "CN=Example CA",
  issuer: "CN=Example CA",
  serial: "01",
  validFrom: Date.UTC(2020, 0, 1),
  validTo: Date.UTC(2090, 0, 1),
  names: [],
  selfSigned: true,
};

const wildcard: ObservedCertificate = {
  ...issuer,
  sha256: fingerprint("AA"),
  keySha256: "aa".repeat(32),
  subject: "CN=*.example.org",
  validTo: Date.now() + 12.5 * day,
  names: ["DNS:*.example.org"],
  selfSigned: false,
};

/** The certificate that the wildcard replaces, with the same key. */
const former: ObservedCertificate = { ...wildcard, sha256: fingerprint("BB"), validTo: Date.now() - 3.5 * day };

const ended: ObservedCertificate = {
  ...wildcard,
  sha256: fingerprint("DD"),
  keySha256: "dd".repeat(32),
  subject: "CN=printer",
  issuer: "CN=printer",
  validTo: Date.now() - 5.5 * day,
  names: [],
  selfSigned: true,
};

function service(host: string, port: number, more: Partial<ExaminedService>): ExaminedService {
  return { address: address(host), port, results: [], memory: "{}", news: [], ...more };
}

/** @returns the number of the report that announces everything */
export async function fillStore(directory: string): Promise<number> {
  const file = path.join(directory, "harbinger.db");
  await using store = await openStore({ location: file, thread: "caller" });
  const watch = "lan-web";
  const weekAgo = Date.now() - 7 * day;
  const sees = [
    sighting("10.0.0.5", 443),
    sighting("10.0.0.5", 6379),
    sighting("10.0.0.6", 443),
    sighting("10.0.0.7", 443),
    sighting("fd00::7", 8443),
  ];
  await look(store, { at: weekAgo, watch, sees, outcome: { audiences: [audience] } });
  await store.examinations.record({
    watch,
    at: weekAgo + 1000,
    services: [service("10.0.0.5", 443, { chain: [former, issuer] })],
    audiences: [audience],
  });
  await store.examinations.record({
    watch,
    at: weekAgo + day,
    services: [
      service("10.0.0.5", 443, {
        results: [
          {
            check: "cert",
            passed: true,
            output: "2 certificates saved to ca_certs/10.0.0.5-truststore.pem\n1. CN=*.example.org",
            facts: { verified: { system: false } },
          },
        ],
        chain: [wildcard, issuer],
        news: [{ kind: "certificate-changed", detail: "another fingerprint: was CN=old; is CN=*.example.org" }],
      }),
      service("10.0.0.5", 6379, {
        results: [
          {
            check: "exposure",
            passed: true,
            verdict: "exposed",
            output: "exposed: redis 7.0.15: answers INFO without a password",
            facts: { service: "redis" },
          },
        ],
        service: { name: "redis", product: "Redis", version: "7.0.15" },
        news: [{ kind: "exposed", detail: "redis 7.0.15: answers INFO without a password" }],
      }),
      service("10.0.0.6", 443, { chain: [wildcard, issuer] }),
      service("10.0.0.7", 443, { chain: [ended] }),
      service("fd00::7", 8443, { chain: [wildcard] }),
    ],
    audiences: [audience],
  });
  const { deliveryId } = await store.deliveries.gather(audience, Date.now());
  const message = {
    messageId: "<1@test.example>",
    date: Date.now(),
    subject: "Report",
    text: "text",
    fileName: "r.txt",
  };
  await store.deliveries.compose(deliveryId, message);
  return deliveryId;
}

/** A watch with a mistake. */
export function writeWrongConfiguration(directory: string, more = ""): void {
  writeFileSync(
    path.join(directory, "harbinger.yaml"),
    `${more}watches:\n  lan-web: { targets: 10.0.0.0/24, prots: 443 }\n`,
  );
}
