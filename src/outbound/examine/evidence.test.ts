import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import type { CheckResult } from "../../core/check.ts";
import { evidenceOf } from "./evidence.ts";

const address = parseAddress("10.0.0.7");

function evidence(...results: readonly CheckResult[]): string {
  assert.ok(address !== undefined);
  const key = { address, port: 22 };
  return evidenceOf({ key, discoveries: [], results, notAsked: [] }, undefined);
}

const service = (output: string, facts: CheckResult["facts"] = {}): CheckResult => {
  return { check: "service", passed: true, output, facts };
};

const noCertificate = (state: string): CheckResult => {
  return { check: "cert", passed: false, output: "No certificate collected: why", facts: { state, reason: "why" } };
};

const exposed: CheckResult = {
  check: "exposure",
  passed: true,
  verdict: "exposed",
  output: "exposed: Redis 7.0.15: answers INFO without a password\nevidence: redis_version:7.0.15",
  facts: {},
};

test("a missing certificate of a service without TLS is not shown", () => {
  assert.equal(evidence(service("OpenSSH 9.2p1 (SSH)"), noCertificate("not-tls")), "service: OpenSSH 9.2p1 (SSH)");
  assert.equal(evidence(noCertificate("not-tls")), "");
  // A client without an answer to its hello is trusted if it identified itself.
  assert.equal(evidence(noCertificate("timed-out"), service("Redis 7.0.15")), "service: Redis 7.0.15");
});

test("a certificate that could not be collected is shown", () => {
  const line = "cert: No certificate collected: why";
  const tls = service("Redis 7.0.15 (TLSv1.3)", { tls: { version: "TLSv1.3" } });
  assert.equal(evidence(tls, noCertificate("timed-out")), `service: Redis 7.0.15 (TLSv1.3)\n${line}`);
  assert.equal(evidence(service("HTTPS"), noCertificate("refused")), `service: HTTPS\n${line}`);
  assert.equal(evidence(noCertificate("timed-out")), "No certificate collected: why");
});

test("an exposed service comes first", () => {
  assert.equal(
    evidence(service("Redis 7.0.15"), noCertificate("not-tls"), exposed),
    "exposure: exposed: Redis 7.0.15: answers INFO without a password\n  evidence: redis_version:7.0.15\nservice: Redis 7.0.15",
  );
});

test("an inconclusive exposure of an identified service is not shown", () => {
  const output = "inconclusive: a web server; its application was not recognised\nevidence: HTTP/1.1 200 OK";
  const open: CheckResult = { check: "exposure", passed: false, verdict: "inconclusive", output, facts: {} };
  assert.equal(evidence(service("nginx 1.22.1 (HTTP)"), open), "service: nginx 1.22.1 (HTTP)");
  assert.equal(evidence(open), output);
  const login: CheckResult = { ...open, verdict: "protected", output: "protected: Redis: requires a password" };
  assert.equal(evidence(service("Redis"), login), "service: Redis\nexposure: protected: Redis: requires a password");
});
