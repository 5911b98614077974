import assert from "node:assert/strict";
import { test } from "node:test";
import { portReportLayout } from "../../compat/port-reports/port-report-layout.ts";
import { parseAddress } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import { byKind, type FindingKind } from "../../core/discovery-kinds.ts";
import { everyPort } from "../../core/ports.ts";
import type { Report } from "../../present/findings/report.ts";
import { renderHtml } from "./render/html-report.ts";
import { renderJson } from "./render/json-report.ts";
import { reportModel } from "./report-model.ts";

const at = Date.UTC(2026, 0, 2, 8);

function discovery(kind: FindingKind, host: string, port: number): Discovery {
  const address = parseAddress(host);
  assert.ok(address !== undefined);
  return { id: 1, watch: "lan", scanId: 1, kind, at, address, port, firstSeen: at, lastSeen: at, firstScan: false };
}

const found = {
  new: [discovery("new", "10.0.0.8", 22), discovery("new", "10.0.0.9", everyPort)],
  gone: [discovery("gone", "fd00::9", everyPort)],
};

const report: Report = {
  label: "Lab",
  deliveryId: 1,
  generatedAt: at,
  timeZone: "UTC",
  wholeHosts: new Set(),
  sections: [
    {
      watch: "lan",
      ports: [22, 80],
      examined: false,
      status: "complete",
      notes: [],
      firstScan: false,
      findings: byKind((kind) => {
        const shown = kind === "new" || kind === "gone" ? found[kind] : [];
        return { total: shown.length, shown };
      }),
      failures: { total: 0, reasons: [] },
    },
  ],
};

test("a host on which every tried port answers is one line", () => {
  const text = portReportLayout.mailText(report);
  assert.match(text, /^10\.0\.0\.8:22\n10\.0\.0\.9 \(every tried port answers\)\n/m);
  assert.match(text, /^Gone: fd00::9 \(every tried port answers\) \(last seen /m);
  assert.match(renderHtml(reportModel(report, portReportLayout)), />New host, every tried port answers</);
});

test("in JSON such a host has port 0 and every_port", () => {
  const { sections } = JSON.parse(renderJson(reportModel(report, portReportLayout))) as {
    sections: Record<string, Record<string, unknown>[]>[];
  };
  const [single, every] = sections[0]?.["new"] ?? [];
  assert.deepEqual([single?.["port"], single?.["every_port"]], [22, undefined]);
  assert.deepEqual([every?.["port"], every?.["every_port"]], [0, true]);
});
