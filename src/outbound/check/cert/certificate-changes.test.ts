import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ComparedCertificate, certificateChanges } from "./certificate-changes.ts";

const day = 86_400_000;
const now = Date.UTC(2030, 0, 1);

function certificate(changes: Partial<ComparedCertificate> = {}): ComparedCertificate {
  return {
    subject: "CN=host",
    issuer: "CN=issuer",
    validTo: now + 90 * day,
    sha256: "AA",
    keySha256: "bb",
    ...changes,
  };
}

const kinds = (...args: Parameters<typeof certificateChanges>) => certificateChanges(...args).map(({ kind }) => kind);

test("the first certificate of a service is new, the same one later is not", () => {
  assert.deepEqual(kinds(undefined, [certificate()], now), ["new"]);
  assert.deepEqual(kinds({ chain: [certificate()], seenAt: now - day }, [certificate()], now), []);
  assert.deepEqual(kinds(undefined, [], now), []);
});

test("a change lists what changed: a renewal keeps the key, another issuer is listed", () => {
  const before = { chain: [certificate()], seenAt: now - day };
  const parts = (after: ComparedCertificate) =>
    certificateChanges(before, [after], now).flatMap((change) => (change.kind === "changed" ? change.parts : []));
  assert.deepEqual(parts(certificate({ sha256: "CC" })), ["fingerprint"]);
  assert.deepEqual(parts(certificate({ sha256: "CC", keySha256: "dd" })), ["fingerprint", "key"]);
  assert.deepEqual(parts(certificate({ sha256: "CC", issuer: "CN=other" })), ["fingerprint", "issuer"]);
});

test("each expiry step is reported once, at any interval of checks", () => {
  const chain = [certificate()];
  const reported: unknown[] = [];
  let before = { chain, seenAt: now };
  for (let hour = 1; hour <= 24 * 92; hour++) {
    const instant = now + hour * 3_600_000;
    for (const change of certificateChanges(before, chain, instant)) {
      reported.push(change.kind === "expiring" ? change.step : change.kind);
    }
    before = { chain, seenAt: instant };
  }
  assert.deepEqual(reported, [30, 14, 7, 1, "expired"]);
});

test("rare checks report only the nearest expiry step", () => {
  const chain = [certificate({ validTo: now + 5 * day })];
  const changes = certificateChanges({ chain, seenAt: now - 60 * day }, chain, now);
  assert.deepEqual(
    changes.map((change) => change.kind === "expiring" && [change.step, change.daysLeft]),
    [[7, 5]],
  );
});

test("a new certificate that expires soon gives both findings, and a renewal resets the steps", () => {
  const ending = certificate({ validTo: now + 10 * day });
  assert.deepEqual(kinds(undefined, [ending], now), ["new", "expiring"]);
  const renewed = certificate({ sha256: "CC" });
  assert.deepEqual(kinds({ chain: [ending], seenAt: now - day }, [renewed], now), ["changed"]);
  const gone = certificate({ validTo: now - day });
  assert.deepEqual(kinds({ chain: [gone], seenAt: now - day / 2 }, [gone], now), []);
  assert.deepEqual(kinds({ chain: [gone], seenAt: now - 2 * day }, [gone], now), ["expired"]);
});

test("an intermediate that expires first counts", () => {
  const chain = [certificate(), certificate({ subject: "CN=issuer", sha256: "DD", validTo: now + 3 * day })];
  const [change] = certificateChanges({ chain, seenAt: now - 30 * day }, chain, now);
  assert.equal(change?.kind === "expiring" && change.certificate.subject, "CN=issuer");
});

test("any two checks: at most one change and one expiry, and a repeated check finds nothing", () => {
  const any = fc.record({
    subject: fc.constantFrom("a", "b"),
    issuer: fc.constantFrom("a", "b"),
    validTo: fc.integer({ min: now - 40 * day, max: now + 40 * day }),
    sha256: fc.constantFrom("A", "B"),
    keySha256: fc.constantFrom("a", "b"),
  });
  const chain = fc.array(any, { maxLength: 3 });
  fc.assert(
    fc.property(chain, chain, fc.integer({ min: 0, max: 80 }), (before, after, days) => {
      const changes = certificateChanges({ chain: before, seenAt: now - days * day }, after, now);
      assert.ok(changes.length <= 2);
      assert.deepEqual(certificateChanges({ chain: after, seenAt: now }, after, now), []);
    }),
  );
});
