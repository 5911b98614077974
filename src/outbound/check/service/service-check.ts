import type { Check, CheckRequest, CheckResult } from "../../../core/check.ts";
import { safeText } from "../../../core/safe-text.ts";
import { type ServiceIdentity, serviceName } from "../../../core/service-name.ts";
import { Deadline } from "../../probe/deadline.ts";
import { dialText } from "../../probe/dial-text.ts";
import { evidenceBytes, evidenceText, safeData } from "./evidence.ts";
import { type Finding, findService } from "./find-service.ts";
import { productName } from "./product-name.ts";

/** What answers on an open port: its protocol, its product and its version. Reads only; nobody logs in. */
export function createServiceCheck(): Check {
  return {
    name: "service",
    description: "what answers: protocol, product, version",
    options: [],
    async run(request, signal) {
      using deadline = new Deadline(request.timeoutMs, signal);
      return await checkService(request, deadline);
    },
  };
}

async function checkService(request: CheckRequest, deadline: Deadline): Promise<CheckResult> {
  const finding = await findService(request, deadline);
  if (finding.kind !== "service") return withoutService(finding);
  using found = finding;
  const { recognised, tls } = found;
  const name = identityOf(recognised);
  return {
    check: "service",
    passed: true,
    output: serviceName(name, tls?.version),
    facts: {
      ...name,
      ...(tls !== undefined && { tls }),
      evidence: evidenceText(recognised.evidence),
      ...(recognised.details !== undefined && { details: safeData(recognised.details) }),
    },
  };
}

/** The names in a recognition, safe to show, the product by its one name. */
export function identityOf({ protocol, product, version }: ServiceIdentity): ServiceIdentity {
  return {
    protocol,
    ...(product !== undefined && { product: productName(safeText(product, { limit: 80 })) }),
    ...(version !== undefined && { version: safeText(version, { limit: 60 }) }),
  };
}

function withoutService(finding: Exclude<Finding, { kind: "service" }>): CheckResult {
  const base = { check: "service", passed: false };
  if (finding.kind === "unconnected") {
    const { kind, reason } = finding.failure;
    return { ...base, output: dialText(finding.failure), facts: { state: kind, reason } };
  }
  const opening = finding.opening.length === 0 ? undefined : evidenceBytes(finding.opening);
  const says = opening === undefined ? `, ${finding.notAsked ?? "it says nothing"}` : `: ${opening}`;
  return {
    ...base,
    output: `unknown service${finding.demandsCertificate ? ", it asks for a client certificate" : says}`,
    facts: {
      protocol: "unknown",
      ...(finding.demandsCertificate && { demandsCertificate: true }),
      ...(finding.tls !== undefined && { tls: finding.tls }),
      ...(opening !== undefined && { evidence: opening }),
    },
  };
}
