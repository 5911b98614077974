import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Discovery } from "../../src/core/discovery.ts";
import { renderPlainText } from "../../src/outbound/report/render/plain-text.ts";
import { reportModel } from "../../src/outbound/report/report-model.ts";
import { found, laptop, ofDevice, phone, report, section } from "./report-sample.ts";

const expired = found("certificate-expired", "192.168.50.67", 443);
const arrivals = (firstScan: boolean) => [
  ofDevice("device-new", phone, { firstScan }),
  ofDevice("device-new", laptop, { firstScan }),
];

function composed(isFirst: boolean, ...discoveries: readonly Discovery[]) {
  const model = reportModel(report([section({ firstScan: isFirst }, ...discoveries)]));
  return { subject: model.subject, text: renderPlainText(model) };
}

describe("the report of a first scan", () => {
  test("is marked as such once in its subject", () => {
    const { subject, text } = composed(true, expired, ...arrivals(true));
    assert.equal(subject, "Harbinger (Home): first scan: certificate expired on 192.168.50.67:443, 2 new devices");
    const [, , remark] = text.split("\n");
    assert.equal(remark, "First scan: everything that answers is listed as new.");
  });

  test("is not marked if there is a finding that only a later scan can have", () => {
    for (const { subject, text } of [
      composed(false, expired, ...arrivals(false)),
      composed(true, found("gone", "192.168.50.9", 22), ...arrivals(true)),
    ]) {
      assert.doesNotMatch(subject, /: first scan: /);
      assert.doesNotMatch(text, /everything that answers/);
    }
  });
});
