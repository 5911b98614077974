import type { CheckResult } from "../../../core/check.ts";
import type { ExaminedService, News } from "../../../core/examination.ts";
import { compareCertificates, rememberCertificates } from "./compare-certificates.ts";
import { compareExposure, rememberExposure } from "./compare-exposure.ts";
import { compareIdentity, rememberIdentity } from "./compare-identity.ts";
import { formatMemory, parseMemory, type ReportedPresence, type ServiceMemory } from "./memory.ts";
import { type Observations, observationsIn } from "./observations.ts";

/**
 * The result of comparing what a watch remembers of a service with what checks found now: the next memory, and what changed.
 * A check replaces its part of the memory only when it found something: a refused connection, no answer or an unknown answer
 * does not replace what was found before. The same findings again are not news.
 */
export interface Compared {
  readonly memory: string;
  readonly news: readonly News[];
  /** For the record of the service. */
  readonly found: Pick<ExaminedService, "service" | "chain">;
}

export interface CompareOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the watch has just reported of the service; absent where it is present as before. */
  readonly presence?: ReportedPresence | undefined;
}

export function compare(
  stored: string | undefined,
  results: readonly CheckResult[],
  options: CompareOptions,
): Compared {
  const before = parseMemory(stored);
  const found = observationsIn(results);
  const { service, exposure, chain } = found;
  const news = [
    ...(service === undefined ? [] : compareIdentity(before.service, service)),
    ...(exposure === undefined ? [] : compareExposure(before.exposure, exposure, options.presence)),
    ...(chain === undefined ? [] : compareCertificates(before.certificates, chain, options)),
  ];
  return {
    memory: formatMemory(remember(before, found, options)),
    news,
    found: { service: named(service, exposure), chain },
  };
}

/**
 * The service for its record. The check of its exposure may have read a product that the check of the service did not, such as a version that a
 * broker sends late: lists and findings then have the same name. It is not compared, because the two may name different parts of one server.
 */
function named(service: Observations["service"], exposure: Observations["exposure"]): Observations["service"] {
  if (service === undefined || service.product !== undefined || exposure?.product === undefined) return service;
  return { ...service, product: exposure.product, version: exposure.version };
}

function remember(
  before: ServiceMemory,
  { service, exposure, chain }: Observations,
  { now, presence }: CompareOptions,
): ServiceMemory {
  return {
    service: service === undefined ? before.service : rememberIdentity(before.service, service),
    exposure: rememberExposure(before.exposure, exposure, presence),
    certificates: chain === undefined ? before.certificates : rememberCertificates(before.certificates, chain, now),
  };
}
