import * as z from "zod";
import { safeText } from "../../../core/safe-text.ts";
import { type ServiceIdentity, serviceName } from "../../../core/service-name.ts";
import { Deadline } from "../../probe/deadline.ts";
import { dialText } from "../../probe/dial-text.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import { type CheckAnswer, defineCheck } from "../define-check.ts";
import { evidenceBytes, evidenceText, safeData } from "./evidence.ts";
import { type Finding, findService } from "./find-service.ts";
import { productName } from "./product-name.ts";

const facts = z.object({
  /** `unknown` where something answers that no module recognises; absent where the port cannot be reached. */
  protocol: z.string().optional(),
  product: z.string().optional(),
  version: z.string().optional(),
  tls: z.object({ version: z.string() }).optional(),
  /** The proof of the recognition, or the first bytes of an unknown service. */
  evidence: z.string().optional(),
  details: z.unknown().optional(),
  demandsCertificate: z.boolean().optional(),
  /** Why the port cannot be reached. */
  state: z.string().optional(),
  reason: z.string().optional(),
});

/** Protocol, product and version of the service on an open port. Read-only; it never sends passwords. */
export const serviceCheck = defineCheck({
  name: "service",
  description: "what answers: protocol, product, version",
  options: z.object({}),
  facts,
  sample: { words: "192.168.1.7 6379", output: "Redis 7.0.15" },
  async run(request, signal) {
    using deadline = new Deadline(request.timeoutMs, signal);
    const finding = await findService(request, deadline);
    if (finding.kind !== "service") return withoutService(finding);
    using found = finding;
    const { recognised, tls } = found;
    const name = identityOf(recognised);
    const details = recognised.details === undefined ? undefined : safeData(recognised.details);
    return {
      passed: true,
      output: serviceName(name, tls?.version),
      facts: { ...name, tls: versionIn(tls), evidence: evidenceText(recognised.evidence), details },
    };
  },
});

function versionIn(session: TlsSession | undefined) {
  return session === undefined ? undefined : { version: session.version };
}

/** The names in a recognition, safe to show, with the product by its one name. */
export function identityOf({ protocol, product, version }: ServiceIdentity): ServiceIdentity {
  return {
    protocol,
    product: product === undefined ? undefined : productName(safeText(product, { limit: 80 })),
    version: version === undefined ? undefined : safeText(version, { limit: 60 }),
  };
}

function withoutService(finding: Exclude<Finding, { kind: "service" }>): CheckAnswer<z.input<typeof facts>> {
  if (finding.kind === "unconnected") {
    const { kind, reason } = finding.failure;
    return { passed: false, output: dialText(finding.failure), facts: { state: kind, reason } };
  }
  const opening = finding.opening.length === 0 ? undefined : evidenceBytes(finding.opening);
  const shown = opening === undefined ? `, ${finding.notAsked ?? "it sends nothing"}` : `: ${opening}`;
  return {
    passed: false,
    output: `unknown service${finding.demandsCertificate ? ", it requires a client certificate" : shown}`,
    facts: {
      protocol: "unknown",
      demandsCertificate: finding.demandsCertificate || undefined,
      tls: versionIn(finding.tls),
      evidence: opening,
    },
  };
}
