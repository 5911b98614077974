import { type CertificateFacts, daysLeft } from "./certificate-facts.ts";

/** Days before the expiry, each reported once. */
const expirySteps = [30, 14, 7, 1] as const;

type ExpiryStep = (typeof expirySteps)[number];

/** A chain of certificates, and when it was seen. */
export interface ChainSighting {
  /** The server's own certificate first. Only these facts count. */
  readonly chain: readonly ComparedCertificate[];
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
}

export type ComparedCertificate = Pick<CertificateFacts, "subject" | "issuer" | "validTo" | "sha256" | "keySha256">;

/** A clock that was ahead by up to this for a while (local time taken for UTC) repeats no report. */
const maxClockLeadMs = 86_400_000;

/** What differs in the server's own certificate. */
type ChangedPart = "fingerprint" | "issuer" | "key";

export type CertificateChange =
  | { readonly kind: "new"; readonly certificate: ComparedCertificate }
  | {
      readonly kind: "changed";
      readonly parts: readonly ChangedPart[];
      readonly before: ComparedCertificate;
      readonly certificate: ComparedCertificate;
    }
  | {
      /** The certificate of the chain that expires first. */
      readonly kind: "expiring";
      readonly certificate: ComparedCertificate;
      readonly daysLeft: number;
      readonly step: ExpiryStep;
    }
  | { readonly kind: "expired"; readonly certificate: ComparedCertificate; readonly daysLeft: number };

/**
 * How a service's certificate changed between two checks: it is new or changed, or the chain is closer to its expiry. Each
 * step and the expiry itself are reported once, by the first check after it was reached; steps passed in between are left out.
 * After a change of the certificate, its step is reported at once.
 * @param before the last check that found a certificate; `undefined` at the first
 * @param now milliseconds since the epoch
 */
export function certificateChanges(
  before: ChainSighting | undefined,
  after: ChainSighting["chain"],
  now: number,
): readonly CertificateChange[] {
  const [own] = after;
  if (own === undefined) return [];
  const changes: CertificateChange[] = [];
  const previous = before?.chain[0];
  if (previous === undefined) changes.push({ kind: "new", certificate: own });
  else {
    const parts = changedParts(previous, own);
    if (parts.length > 0) changes.push({ kind: "changed", parts, before: previous, certificate: own });
  }
  const expiry = expiryOf(after, before, now);
  if (expiry !== undefined) changes.push(expiry);
  return changes;
}

function changedParts(before: ComparedCertificate, after: ComparedCertificate): ChangedPart[] {
  const parts: ChangedPart[] = [];
  if (before.sha256 !== after.sha256) parts.push("fingerprint");
  if (before.issuer !== after.issuer) parts.push("issuer");
  if (before.keySha256 !== after.keySha256) parts.push("key");
  return parts;
}

function expiryOf(
  chain: readonly ComparedCertificate[],
  before: ChainSighting | undefined,
  now: number,
): CertificateChange | undefined {
  const certificate = firstToExpire(chain);
  if (certificate === undefined) return undefined;
  const step = stepAt(certificate, now);
  if (step === undefined) return undefined;
  const known = before === undefined ? undefined : firstToExpire(before.chain);
  if (before !== undefined && known?.sha256 === certificate.sha256) {
    const reported = stepAt(known, nearNow(before.seenAt, now));
    if (rankOf(reported) >= rankOf(step)) return undefined;
  }
  const left = daysLeft(certificate, now);
  return step === "expired"
    ? { kind: "expired", certificate, daysLeft: left }
    : { kind: "expiring", certificate, daysLeft: left, step };
}

/**
 * The time at which a chain seen `now` counts as seen: after a small step back of the clock, earlier reports stay reported.
 * A stored time further in the future, from a wrong clock, counts as now.
 */
export function seenAt(before: ChainSighting | undefined, chain: readonly ComparedCertificate[], now: number): number {
  if (before === undefined || firstToExpire(before.chain)?.sha256 !== firstToExpire(chain)?.sha256) return now;
  return Math.max(nearNow(before.seenAt, now), now);
}

function nearNow(instant: number, now: number): number {
  return instant > now + maxClockLeadMs ? now : instant;
}

function rankOf(step: ExpiryStep | "expired" | undefined): number {
  if (step === undefined) return -1;
  return step === "expired" ? expirySteps.length : expirySteps.indexOf(step);
}

/** The certificate that expires first; of several with the same time, the first in the chain. */
export function firstToExpire(chain: readonly ComparedCertificate[]): ComparedCertificate | undefined {
  let first: ComparedCertificate | undefined;
  for (const certificate of chain) {
    if (first === undefined || certificate.validTo < first.validTo) first = certificate;
  }
  return first;
}

/** The lowest step that is reached at `instant`. */
function stepAt(certificate: ComparedCertificate, instant: number): ExpiryStep | "expired" | undefined {
  const left = certificate.validTo - instant;
  if (left <= 0) return "expired";
  return expirySteps.findLast((step) => left <= step * 86_400_000);
}
