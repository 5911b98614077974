import { type Kysely, sql } from "kysely";
import type { ExaminationStore, ExaminedResult, ExaminedService, News } from "../../core/examination.ts";
import { formatPorts, type Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import { findEndpoint } from "../keys/find-endpoint.ts";
import { muteDiscoveries } from "../mutes/mute-discoveries.ts";
import { announceScan, countAnnounced } from "../scans/announce-scan.ts";
import { evidenceText } from "../scans/discoveries.ts";
import { endDiscoveries, endFoundAgain } from "../scans/ended-discoveries.ts";
import { attributeLimit } from "../scans/packed-sightings.ts";
import { misuse } from "../store-errors.ts";
import type { Tables } from "../tables.ts";
import { recordChain } from "./certificates.ts";
import { factsText } from "./facts-text.ts";

type Examination = Parameters<ExaminationStore["record"]>[0];

/** UTF-16 units kept of the output of one check. */
const outputLimit = 20_000;
const detailLimit = 2000;

/** Writes the results of checks, and the discoveries that follow from them for the watch. @returns how many are announced */
export async function recordExamination(transaction: Kysely<Tables>, examination: Examination): Promise<number> {
  const { watch, at, services } = examination;
  const row = await transaction
    .selectFrom("watches")
    .select(["id", "seen_at"])
    .where("name", "=", watch)
    .executeTakeFirst();
  if (row === undefined) throw misuse(`no scan of ${safeText(watch)} was ever begun`);
  const news: Newsworthy[] = [];
  for (const service of services) {
    const known = await findPresence(transaction, row.id, service);
    if (known === undefined) continue;
    for (const result of service.results) await recordResult(transaction, known.endpoint, result, at);
    if (service.service !== undefined) await recordAttributes(transaction, known.endpoint, service.service);
    if (service.chain !== undefined) await recordChain(transaction, known.endpoint, service.chain, at);
    await endDiscoveries(transaction, known.endpoint, { service, at });
    await transaction
      .updateTable("presence")
      .set({ examined_at: at, memory: service.memory })
      .where("watch_id", "=", row.id)
      .where("endpoint", "=", known.endpoint)
      .execute();
    if (service.evidence !== undefined) await recordEvidence(transaction, service.evidence);
    const lastSeen = known.last_seen ?? row.seen_at;
    for (const each of service.news) {
      news.push({ ...each, endpoint: known.endpoint, port: service.port, firstSeen: known.first_seen, lastSeen });
    }
  }
  return news.length === 0 ? 0 : await recordNews(transaction, row.id, examination, news);
}

async function findPresence(transaction: Kysely<Tables>, watchId: number, { address, port }: ExaminedService) {
  const endpoint = await findEndpoint(transaction, address, port);
  if (endpoint === undefined) return undefined;
  return await transaction
    .selectFrom("presence")
    .select(["endpoint", "first_seen", "last_seen"])
    .where("watch_id", "=", watchId)
    .where("endpoint", "=", endpoint)
    .executeTakeFirst();
}

async function recordResult(
  transaction: Kysely<Tables>,
  endpoint: Endpoint,
  result: ExaminedResult,
  at: number,
): Promise<void> {
  const values = {
    at,
    passed: result.passed ? 1 : 0,
    verdict: result.verdict ?? null,
    output: safeText(result.output, { multiline: true, limit: outputLimit }),
    facts: factsText(result.facts),
  };
  await transaction
    .insertInto("check_results")
    .values({ endpoint, name: safeText(result.check, { limit: attributeLimit }), ...values })
    .onConflict((conflict) => {
      const same = conflict.columns(["site", "endpoint", "name"]);
      return result.isUnreached === true ? same.doNothing() : same.doUpdateSet(values);
    })
    .execute();
}

/** A value that is unknown now keeps the stored one; a version belongs to its product. */
async function recordAttributes(
  transaction: Kysely<Tables>,
  endpoint: Endpoint,
  service: NonNullable<ExaminedService["service"]>,
): Promise<void> {
  const [name, product, version] = [service.name, service.product, service.version].map((text) =>
    text === undefined || text === "" ? null : safeText(text, { limit: attributeLimit }),
  );
  await sql`
    update services set
      name = coalesce(${name}, name), product = coalesce(${product}, product),
      version = case when cast(${product} as text) is null or product = ${product} then coalesce(${version}, version)
        else cast(${version} as text) end
    where site = 'local' and endpoint = ${endpoint}`.execute(transaction);
}

async function recordEvidence(
  transaction: Kysely<Tables>,
  { discoveries, text }: NonNullable<ExaminedService["evidence"]>,
): Promise<void> {
  for (const id of discoveries) {
    await transaction
      .updateTable("discoveries")
      .set({ evidence: evidenceText(text) })
      .where("id", "=", id)
      .execute();
  }
}

interface Newsworthy extends News {
  readonly endpoint: Endpoint;
  readonly port: Port;
  readonly firstSeen: number;
  readonly lastSeen: number | null;
}

async function recordNews(
  transaction: Kysely<Tables>,
  watchId: number,
  examination: Examination,
  news: readonly Newsworthy[],
): Promise<number> {
  const { at } = examination;
  const { id: scanId } = await transaction
    .insertInto("scans")
    .values({
      watch_id: watchId,
      ports: formatPorts(news.map(({ port }) => port)),
      engine: "checks",
      started_at: at,
      ended_at: at,
      status: "examined",
      notes: "[]",
      sighted: examination.services.length,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  for (const { kind, detail, endpoint, firstSeen, lastSeen } of news) {
    await endFoundAgain(transaction, { watchId, scanId, endpoint, kind, at });
    await transaction
      .insertInto("discoveries")
      .values({
        watch_id: watchId,
        scan_id: scanId,
        kind,
        at,
        endpoint,
        first_seen: firstSeen,
        last_seen: lastSeen,
        detail: safeText(detail, { limit: detailLimit }),
        is_first_scan: 0,
        is_quiet: 0,
      })
      .execute();
  }
  await muteDiscoveries(transaction, scanId, at);
  const announced = await countAnnounced(transaction, scanId);
  if (announced.length > 0) await announceScan(transaction, scanId, examination);
  return announced.reduce((sum, { count }) => sum + count, 0);
}
