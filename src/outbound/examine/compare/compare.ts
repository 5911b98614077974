import type { CheckResult } from "../../../core/check.ts";
import type { ExaminedService, News } from "../../../core/examination.ts";
import { compareCertificates, rememberCertificates } from "./compare-certificates.ts";
import { compareExposure, rememberExposure } from "./compare-exposure.ts";
import { compareIdentity, rememberIdentity } from "./compare-identity.ts";
import { formatMemory, parseMemory, type ServiceMemory } from "./memory.ts";
import { type Observations, readResults } from "./read-results.ts";

/**
 * What is news: comes in what a watch remembers of a service and what checks found now; goes out what it remembers from now
 * on, and what changed. Each part of the memory is replaced only by a check that could look: a refused connection, silence
 * or an answer that nobody knows says nothing of what was found before. The same findings again are no news.
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
  /** The watch has just found it: its first certificate stands in the evidence, and is no news besides. */
  readonly isNewService: boolean;
}

export function compare(
  stored: string | undefined,
  results: readonly CheckResult[],
  options: CompareOptions,
): Compared {
  const before = parseMemory(stored);
  const now = readResults(results);
  const news = [
    ...(now.service === undefined ? [] : compareIdentity(before.service, now.service)),
    ...(now.exposure === undefined ? [] : compareExposure(before.exposure, now.exposure)),
    ...(now.chain === undefined ? [] : compareCertificates(before.certificates, now.chain, options)),
  ];
  return { memory: formatMemory(remember(before, now, options.now)), news, found: foundIn(now) };
}

function remember(before: ServiceMemory, now: Observations, at: number): ServiceMemory {
  return {
    ...before,
    ...(now.service === undefined ? {} : { service: rememberIdentity(before.service, now.service) }),
    ...(now.exposure === undefined ? {} : { exposure: rememberExposure(now.exposure) }),
    ...(now.chain === undefined ? {} : { certificates: rememberCertificates(before.certificates, now.chain, at) }),
  };
}

function foundIn({ service, chain }: Observations): Compared["found"] {
  return {
    ...(service === undefined
      ? {}
      : {
          service: {
            name: service.name,
            ...(service.product === undefined ? {} : { product: service.product }),
            ...(service.version === undefined ? {} : { version: service.version }),
          },
        }),
    ...(chain === undefined ? {} : { chain }),
  };
}
