import * as z from "zod";
import type { CheckResult } from "../../../core/check.ts";
import type { ObservedCertificate } from "../../../core/examination.ts";

/** What checks found, as far as it can be compared. What could not look says nothing, and is absent. */
export interface Observations {
  readonly service?: ObservedIdentity;
  readonly exposure?: ObservedExposure;
  /** The service's own certificate first; never empty. */
  readonly chain?: readonly ObservedCertificate[];
}

export interface ObservedIdentity {
  readonly name: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
}

export interface ObservedExposure {
  readonly verdict: "exposed" | "protected";
  readonly entry: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly reason: string;
  readonly evidence?: string | undefined;
}

const serviceFacts = z.object({
  protocol: z.string(),
  product: z.string().optional(),
  version: z.string().optional(),
});

const exposureFacts = z.object({
  service: z.string(),
  reason: z.string(),
  product: z.string().optional(),
  version: z.string().optional(),
  evidence: z.string().optional(),
});

/** Absent where the certificate's date cannot be read. */
const instant = z
  .string()
  .optional()
  .transform((text) => (text === undefined ? Number.NaN : Date.parse(text)));

const certificateFacts = z.object({
  chain: z
    .array(
      z.object({
        sha256: z.string(),
        keySha256: z.string(),
        subject: z.string(),
        issuer: z.string(),
        serial: z.string(),
        validFrom: instant,
        validTo: instant,
        names: z.array(z.string()),
        selfSigned: z.boolean(),
      }),
    )
    .min(1),
});

export function readResults(results: readonly CheckResult[]): Observations {
  let observed: Observations = {};
  for (const result of results) observed = { ...observed, ...readResult(result) };
  return observed;
}

function readResult({ check, passed, verdict, facts }: CheckResult): Observations {
  switch (check) {
    case "service": {
      const found = passed ? serviceFacts.safeParse(facts).data : undefined;
      if (found === undefined) return {};
      return { service: { name: found.protocol, product: found.product, version: found.version } };
    }
    case "exposure": {
      if (verdict !== "exposed" && verdict !== "protected") return {};
      const found = exposureFacts.safeParse(facts).data;
      if (found === undefined) return {};
      const { service, reason, product, version, evidence } = found;
      return { exposure: { verdict, entry: service, reason, product, version, evidence } };
    }
    case "cert": {
      const chain = certificateFacts.safeParse(facts).data?.chain;
      return chain === undefined ? {} : { chain };
    }
    default:
      return {};
  }
}
