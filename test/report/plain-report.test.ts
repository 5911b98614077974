// Reports in the current layout, with their exact text in golden/. After an intended change:
// UPDATE_GOLDEN=1 node --test test/report/plain-report.test.ts
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { renderHtml } from "../../src/outbound/report/render/html-report.ts";
import { renderJson } from "../../src/outbound/report/render/json-report.ts";
import { renderPlainText } from "../../src/outbound/report/render/plain-text.ts";
import { renderPush } from "../../src/outbound/report/render/push-report.ts";
import { reportModel } from "../../src/outbound/report/report-model.ts";
import type { Report } from "../../src/present/findings/report.ts";
import { mixtures, single } from "./report-sample.ts";

const folder = path.join(import.meta.dirname, "golden");
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

function matches(name: string, actual: string): void {
  const file = path.join(folder, name);
  if (isUpdate) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, actual);
  }
  assert.equal(actual, readFileSync(file, "utf8"));
}

/** Subject, text and push of one report after each other. */
function words(report: Report): string {
  const model = reportModel(report);
  const { title, text } = renderPush(model, 4096);
  return `Subject: ${model.subject}\n\n${renderPlainText(model)}\n--- push ---\n${title}\n\n${text}\n`;
}

describe("a report in the current layout", () => {
  test("of one finding of each type", () => {
    const all = Object.entries(single).map(([name, report]) => `=== ${name} ===\n${words(report)}`);
    matches("single.txt", all.join("\n"));
  });
  for (const [name, report] of Object.entries(mixtures)) {
    test(`of ${name}`, () => {
      matches(`${name}.txt`, words(report));
      matches(`${name}.html`, renderHtml(reportModel(report)));
    });
  }
  test("for programs", () =>
    matches("several.json.golden", renderJson(reportModel(mixtures["several"] ?? assert.fail()))));
});
