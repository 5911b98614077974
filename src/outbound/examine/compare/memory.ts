import * as z from "zod";
import type { ComparedCertificate } from "../../check/cert/certificate-changes.ts";

/**
 * What a watch remembers of a service between two examinations: what each check last found, as far as it could look. Kept as
 * JSON text that only this stage reads.
 */
export interface ServiceMemory {
  readonly service?: RememberedIdentity;
  readonly exposure?: RememberedExposure;
  readonly certificates?: RememberedCertificates;
}

export interface RememberedIdentity {
  /** Of the protocol. */
  readonly name: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
}

export interface RememberedExposure {
  readonly verdict: "exposed" | "protected";
  /** Of the exposure catalogue. */
  readonly entry: string;
}

/** The two that a comparison needs: the service's own certificate, and of the chain the one that ends first. */
export interface RememberedCertificates {
  readonly chain: readonly ComparedCertificate[];
  readonly seenAt: number;
}

const text = z.string().max(2000);

const certificate = z.object({
  subject: text,
  issuer: text,
  // JSON knows no infinity: see `formatMemory`.
  validTo: z
    .number()
    .nullable()
    .transform((end) => end ?? Number.POSITIVE_INFINITY),
  sha256: text,
  keySha256: text,
});

const memory = z.object({
  service: z.object({ name: text, product: text.optional(), version: text.optional() }).optional(),
  exposure: z.object({ verdict: z.enum(["exposed", "protected"]), entry: text }).optional(),
  certificates: z.object({ chain: z.array(certificate).max(2), seenAt: z.number() }).optional(),
});

/** Text that cannot be read, as of a later version, remembers nothing. */
export function parseMemory(stored: string | undefined): ServiceMemory {
  if (stored === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return {};
  }
  const parsed = memory.safeParse(value);
  if (!parsed.success) return {};
  const { service, exposure, certificates } = parsed.data;
  return {
    ...(service === undefined ? {} : { service }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(certificates === undefined ? {} : { certificates }),
  };
}

/** Equal memories are equal texts. */
export function formatMemory({ service, exposure, certificates }: ServiceMemory): string {
  return JSON.stringify({ service, exposure, certificates });
}
