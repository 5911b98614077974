import type { CheckResult } from "../../../core/check.ts";
import type { ObservedCertificate } from "../../../core/examination.ts";
import { certCheck } from "../../check/cert/cert-check.ts";
import { type ExposureFacts, exposureCheck } from "../../check/exposure/exposure-check.ts";
import { serviceCheck } from "../../check/service/service-check.ts";
import type { RememberedIdentity } from "./memory.ts";

/** What checks found, as far as it can be compared. A part is absent where its check found nothing, or could not run. */
export interface Observations {
  readonly service?: RememberedIdentity | undefined;
  readonly exposure?: ProvenExposure | undefined;
  /** The service's own certificate first; never empty. */
  readonly chain?: readonly ObservedCertificate[] | undefined;
}

export type ProvenExposure = ExposureFacts & { readonly verdict: "exposed" | "protected" };

export function observationsIn(results: readonly CheckResult[]): Observations {
  return {
    service: lastOf(results, identityIn),
    exposure: lastOf(results, exposureIn),
    chain: lastOf(results, (result) => certCheck.readFacts(result)?.chain),
  };
}

function lastOf<Part>(results: readonly CheckResult[], read: (result: CheckResult) => Part | undefined) {
  return results.map(read).findLast((part) => part !== undefined);
}

function identityIn(result: CheckResult): RememberedIdentity | undefined {
  const { protocol, product, version } = serviceCheck.readFacts(result) ?? {};
  return result.passed && protocol !== undefined ? { name: protocol, product, version } : undefined;
}

function exposureIn(result: CheckResult): ProvenExposure | undefined {
  const facts = exposureCheck.readFacts(result);
  if (facts?.verdict !== "exposed" && facts?.verdict !== "protected") return undefined;
  return { ...facts, verdict: facts.verdict };
}
