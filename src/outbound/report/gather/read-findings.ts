import type { Discovery } from "../../../core/discovery.ts";
import type { DiscoveryKind } from "../../../core/discovery-kinds.ts";
import { byKind, type FindingKind, findingKinds } from "../../../core/discovery-kinds.ts";
import type { DeliveryStore } from "../../../core/store.ts";
import type { Listing } from "../../../present/findings/report.ts";
import { fairShares } from "../fair-shares.ts";
import type { ReportLimits } from "./report-limits.ts";

export type AnnouncedDiscoveries = Pick<DeliveryStore, "announced" | "tally">;

export type Counts = Readonly<Record<DiscoveryKind, number>>;

/** Discoveries per query: few if they have much evidence, else many. */
const pageSizes = { heavy: 200, light: 10_000 };

/** A page with more evidence than this is heavy, in UTF-16 units. */
const heavyEvidence = 200_000;

/** Maximum number of discoveries read for one section. Further ones are only counted. */
const readLimit = 100_000;

/** Maximum number of failed scans read if they are sorted last. */
const tailLimit = 5_000;

/** Size of a discovery in a report without its evidence and details: addresses, times, field names. */
const bytesPerDiscovery = 200;

interface ReadRequest {
  readonly announced: AnnouncedDiscoveries;
  readonly deliveryId: number;
  readonly watch: string;
  readonly counts: Counts;
  readonly limits: ReportLimits;
  /** Replaces evidence that does not fit. */
  readonly evidenceLeftOut: string;
}

export interface ReadFindings {
  readonly findings: Readonly<Record<FindingKind, Listing>>;
  /** The discoveries of kind `scan-failed` that were read. */
  readonly failed: readonly Discovery[];
  /** Approximate number of bytes used. */
  readonly bytes: number;
}

/**
 * Reads what a delivery announces for one watch, page by page, within the limits. Each kind has its own share, so that
 * a hundred thousand new hosts do not crowd out three that are gone.
 */
export async function readFindings(request: ReadRequest): Promise<ReadFindings> {
  const { announced, deliveryId, watch, counts } = request;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const budgets = budgetsFor(counts, request.limits, request.evidenceLeftOut);
  const failed: Discovery[] = [];
  const take = (page: readonly Discovery[]) => {
    for (const discovery of page) {
      if (discovery.kind === "scan-failed") failed.push(discovery);
      else budgets[discovery.kind].add(discovery);
    }
  };

  let limit = pageSizes.heavy;
  const readPage = async (from: number) => {
    const page = await announced.announced({ deliveryId, watch, limit, offset: from });
    const evidence = page.reduce((sum, discovery) => sum + (discovery.evidence?.length ?? 0), 0);
    limit = evidence > heavyEvidence ? pageSizes.heavy : pageSizes.light;
    return page;
  };
  const hasRoom = () => findingKinds.some((kind) => budgets[kind].wantsMore);
  // Failures have no address, so the database sorts them first or last: once found they are read to the end.
  const isWithinFailures = () => failed.length > 0 && failed.length < counts["scan-failed"];
  let offset = 0;
  while (offset < Math.min(total, readLimit) && (hasRoom() || isWithinFailures())) {
    const page = await readPage(offset);
    if (page.length === 0) break;
    take(page);
    offset += page.length;
  }
  const missingFailures = counts["scan-failed"] - failed.length;
  if (missingFailures > 0) offset = Math.max(offset, total - Math.min(missingFailures, tailLimit));
  while (offset < total && failed.length < counts["scan-failed"]) {
    const page = await readPage(offset);
    if (page.length === 0) break;
    take(page);
    offset += page.length;
  }

  return {
    findings: byKind((kind) => ({ total: counts[kind], shown: budgets[kind].shown })),
    failed,
    bytes: findingKinds.reduce((sum, kind) => sum + budgets[kind].bytes, 0),
  };
}

/** Collects the discoveries of one kind, in the order in which they are read, until the limits are reached. */
class FindingBudget {
  readonly shown: Discovery[] = [];
  readonly #hosts: number;
  readonly #limit: number;
  readonly #evidenceLeftOut: string;
  #bytes = 0;
  #evidenceBytes = 0;
  #isFull = false;

  constructor(options: { readonly hosts: number; readonly bytes: number; readonly evidenceLeftOut: string }) {
    this.#hosts = options.hosts;
    this.#limit = options.bytes;
    this.#evidenceLeftOut = options.evidenceLeftOut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get wantsMore(): boolean {
    return !this.#isFull && this.shown.length < this.#hosts;
  }

  add(discovery: Discovery): void {
    if (!this.wantsMore) return;
    let entry = discovery;
    let evidenceBytes = entry.evidence?.length ?? 0;
    // Listing all hosts is more important than all evidence, so evidence takes at most half of the limit.
    if (this.#evidenceBytes + evidenceBytes > this.#limit / 2) {
      entry = { ...entry, evidence: this.#evidenceLeftOut };
      evidenceBytes = this.#evidenceLeftOut.length;
    }
    const bytes = bytesOf(entry) + evidenceBytes;
    if (this.#bytes + bytes > this.#limit) {
      this.#isFull = true;
      return;
    }
    this.shown.push(entry);
    this.#bytes += bytes;
    this.#evidenceBytes += evidenceBytes;
  }
}

function bytesOf({ hostname, vendor, product, version, detail }: Discovery): number {
  const texts = [hostname, vendor, product, version, detail].reduce((sum, text) => sum + (text?.length ?? 0), 0);
  return bytesPerDiscovery + texts;
}

function budgetsFor(counts: Counts, limits: ReportLimits, evidenceLeftOut: string): Record<FindingKind, FindingBudget> {
  const shares = fairShares(
    findingKinds.map((kind) => counts[kind]),
    limits.bytes,
  );
  return byKind((kind) => {
    const bytes = shares[findingKinds.indexOf(kind)] ?? 0;
    return new FindingBudget({ hosts: Math.min(limits.hosts, counts[kind]), bytes, evidenceLeftOut });
  });
}
