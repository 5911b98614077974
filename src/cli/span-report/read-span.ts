import os from "node:os";
import type { Delivery, DeliverySummary } from "../../core/delivery.ts";
import type { Discovery } from "../../core/discovery.ts";
import { byKind } from "../../core/discovery-kinds.ts";
import type { Cursor, Page } from "../../core/page.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import { isStoppedScan } from "../../core/stopped.ts";
import type { Store } from "../../core/store.ts";
import { wholeHosts } from "../../outbound/report/gather/whole-hosts.ts";
import { programVersion } from "../../platform/program-version.ts";
import type { TimeSpan } from "../../present/connections/summary-series.ts";
import { mergeFindings } from "../../present/findings/merge-findings.ts";
import type { Section } from "../../present/findings/report.ts";
import { runReport } from "../../present/findings/run-lines.ts";
import {
  expiringMs,
  type SpanDeliveries,
  type SpanReport,
  type SpanWatch,
} from "../../present/span-report/span-report.ts";

/** Rows that are read at most, the latest ones: of discoveries, of scans, and of deliveries. */
const maxRead = 20_000;
const pageRows = 1000;
const maxFailures = 50;
/** One more than are shown tells that there are more. */
const maxCertificates = 500;
const topConnections = 15;

/** Reads what the report of a time span shows. */
export async function readSpan(
  store: Store,
  { since, until, hasListeners }: TimeSpan & { readonly hasListeners: boolean },
): Promise<SpanReport> {
  const span = { since, until };
  const discoveries = await latest((page) => store.discoveries.list({ ...page, ...span }));
  const isFirst = ({ firstScan, kind }: Discovery) => firstScan && (kind === "new" || kind === "device-new");
  const scans = await latest((page) => store.scans.list({ ...page, ...span }));
  const deliveries = await latest((page) => store.deliveries.list({ ...page, ...span }));
  const generatedAt = Date.now();
  const certificates = await store.examinations.certificates({ currentOnly: true, limit: maxCertificates });
  return {
    ...span,
    generatedAt,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    version: programVersion(),
    computer: os.hostname(),
    findings: await findingsOf(store, discoveries.filter((one) => !isFirst(one)).toReversed()),
    firstScans: countFirst(discoveries.filter(isFirst)),
    areFindingsCut: discoveries.length >= maxRead,
    watches: watchesOf(scans),
    connections: await store.connections.summary({ ...span, top: topConnections }),
    hasListeners,
    deliveries: tallyOf(deliveries),
    certificates: certificates.rows.filter(({ validTo }) => validTo <= generatedAt + expiringMs),
  };
}

async function latest<Row>(
  read: (page: { readonly limit: number; readonly after: Cursor | undefined }) => Promise<Page<Row>>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let after: Cursor | undefined;
  do {
    const page = await read({ limit: pageRows, after });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined && rows.length < maxRead);
  return rows;
}

function countFirst(discoveries: readonly Discovery[]): SpanReport["firstScans"] {
  const services = discoveries.filter(({ kind }) => kind === "new");
  return {
    hosts: new Set(services.map(({ address }) => address)).size,
    ports: new Set(services.map(({ address, port }) => `${address} ${port}`)).size,
    devices: discoveries.length - services.length,
  };
}

async function findingsOf(store: Store, discoveries: readonly Discovery[]) {
  const sections = [...Map.groupBy(discoveries, ({ watch }) => watch)].map(
    ([watch, found]): Section => ({
      watch,
      ports: [],
      examined: false,
      status: "not-run",
      notes: [],
      firstScan: false,
      findings: byKind((kind) => {
        const shown = found.filter((one) => one.kind === kind);
        return { total: shown.length, shown };
      }),
      // Scans that failed are in their own table.
      failures: { total: 0, reasons: [] },
    }),
  );
  return mergeFindings(runReport(sections, await wholeHosts(sections, store.services)));
}

/** @param scans newest first */
function watchesOf(scans: readonly ScanRecord[]): readonly SpanWatch[] {
  return [...Map.groupBy(scans, ({ watch }) => watch)].flatMap(([name, ofWatch]) => {
    const [last] = ofWatch;
    if (last === undefined) return [];
    const count = (status: ScanRecord["status"]) => ofWatch.filter((scan) => scan.status === status).length;
    const trouble = ofWatch.find(({ status, reason }) => status !== "complete" && reason !== undefined)?.reason;
    const counts = {
      running: count("running"),
      complete: count("complete"),
      partial: count("partial"),
      failed: count("failed"),
      abandoned: count("abandoned"),
    };
    const stopped = ofWatch.filter(isStoppedScan).length;
    return [{ name, scans: counts, stopped, last, ...(trouble !== undefined && { trouble }) }];
  });
}

function tallyOf(deliveries: readonly DeliverySummary[]): SpanDeliveries {
  const count = (...states: readonly Delivery["state"][]) =>
    deliveries.filter(({ state }) => states.includes(state)).length;
  return {
    sent: count("delivered"),
    waiting: count("open", "queued", "sending"),
    failed: count("dead"),
    failures: deliveries.filter(({ state }) => state === "dead").slice(0, maxFailures),
  };
}
