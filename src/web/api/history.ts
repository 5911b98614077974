import type { Discovery } from "../../core/discovery.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import { discoveryJson } from "../../present/discoveries/discovery-json.ts";
import { discoverySchema } from "../../present/discoveries/discovery-schema.ts";
import { scanJson } from "../../present/scans/scan-json.ts";
import { scanSchema } from "../../present/scans/scan-schema.ts";
import type { WebApp } from "../app.ts";
import type { WebContext } from "../context.ts";
import { addressFilter, watchFilter } from "./filter-fields.ts";
import { listRoute } from "./list-route.ts";
import { flag, hasText, isInNetwork, isNumber, isSince, isText, isUntil, type ListTerms } from "./search-terms.ts";

const discoveryTerms: ListTerms<Discovery> = {
  address: { example: "address:192.168.1.0/24", test: isInNetwork(({ address }) => [address]) },
  port: { example: "port:443", test: isNumber(({ port }) => port) },
  watch: { example: "watch:lan-web", filter: "watch", test: isText(({ watch }) => [watch]) },
  kind: { example: "kind:new", test: isText(({ kind }) => [kind]) },
  since: { example: "since:2d", test: isSince(({ at }) => at) },
  until: { example: "until:2026-01-31", test: isUntil(({ at }) => at) },
  hostname: { example: "hostname:nas", test: hasText(({ hostname }) => [hostname]) },
  vendor: { example: "vendor:apple", test: hasText(({ vendor, device }) => [vendor, device?.vendor]) },
  product: { example: "product:nginx", test: hasText(({ product }) => [product]) },
  "first-scan": flag("first-scan", ({ firstScan }) => firstScan),
};

const scanTerms: ListTerms<ScanRecord> = {
  watch: { example: "watch:lan-web", filter: "watch", test: isText(({ watch }) => [watch]) },
  status: { example: "status:failed", test: isText(({ status }) => [status]) },
  engine: { example: "engine:connect", test: isText(({ engine }) => [engine]) },
  since: { example: "since:2d", test: isSince(({ startedAt }) => startedAt) },
  until: { example: "until:2026-01-31", test: isUntil(({ startedAt }) => startedAt) },
};

/** What happened to what is known, and when it was looked for. */
export function historyRoutes(app: WebApp, { store, clock }: WebContext): void {
  listRoute(app, {
    path: "/discoveries",
    summary: "What was found new, gone, back or changed, newest first.",
    filters: { watch: watchFilter.optional(), address: addressFilter.optional() },
    terms: discoveryTerms,
    rowSchema: discoverySchema,
    read: (page, filters) => store.discoveries.list({ ...page, ...filters }),
    json: discoveryJson,
    clock,
  });
  listRoute(app, {
    path: "/scans",
    summary: "Scans, newest first.",
    filters: { watch: watchFilter.optional() },
    terms: scanTerms,
    rowSchema: scanSchema,
    read: (page, filters) => store.scans.list({ ...page, ...filters }),
    json: scanJson,
    clock,
  });
}
