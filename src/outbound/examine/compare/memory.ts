import * as z from "zod";

const text = z.string().max(2000);

const certificate = z.object({
  subject: text,
  issuer: text,
  // JSON has no infinity: an unreadable expiry is stored as null.
  validTo: z
    .number()
    .nullable()
    .transform((end) => end ?? Number.POSITIVE_INFINITY),
  sha256: text,
  keySha256: text,
});

/** Each part is the last result of one check. */
const memorySchema = z.object({
  /** `name` is the protocol. */
  service: z.object({ name: text, product: text.optional(), version: text.optional() }).optional(),
  /** `entry` is a name in the exposure catalogue. `wasGone`: it went and came back, and no check has proven anything since. */
  exposure: z
    .object({ verdict: z.enum(["exposed", "protected"]), entry: text, wasGone: z.literal(true).optional() })
    .optional(),
  /** What a comparison needs: the service's own certificate, and the one of the chain that expires first. */
  certificates: z.object({ chain: z.array(certificate).max(2), seenAt: z.number() }).optional(),
});

/** What a watch remembers of a service between two examinations. Stored as JSON text that only this folder reads. */
export type ServiceMemory = Readonly<z.output<typeof memorySchema>>;

/** What a scan found about a service, before its checks run. */
export type ReportedPresence = "new" | "returned";

export type RememberedIdentity = Readonly<NonNullable<ServiceMemory["service"]>>;
export type RememberedExposure = Readonly<NonNullable<ServiceMemory["exposure"]>>;

/** Unreadable text, such as that of a later version, gives an empty memory. */
export function parseMemory(stored: string | undefined): ServiceMemory {
  if (stored === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return {};
  }
  return memorySchema.safeParse(value).data ?? {};
}

/** Equal memories are equal texts. */
export function formatMemory({ service, exposure, certificates }: ServiceMemory): string {
  return JSON.stringify({ service, exposure, certificates });
}
