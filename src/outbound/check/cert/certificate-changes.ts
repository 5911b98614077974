import { type CertificateFacts, daysLeft } from "./certificate-facts.ts";

/** Days before the end at which it is said once each. */
const expiryLadder = [30, 14, 7, 1] as const;

type ExpiryStep = (typeof expiryLadder)[number];

/** A chain, and when it was looked at. */
export interface ChainSighting {
  /** The server's own certificate first. Only these facts count. */
  readonly chain: readonly ComparedCertificate[];
  /** Milliseconds since the epoch. */
  readonly seenAt: number;
}

export type ComparedCertificate = Pick<CertificateFacts, "subject" | "issuer" | "validTo" | "sha256" | "keySha256">;

/** By so much a clock may be ahead for a while, as one that takes local time for UTC, and nothing is said twice. */
const toleratedLeadMs = 86_400_000;

/** What of the server's own certificate is another now. */
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
      /** Of the chain, this one ends first. */
      readonly kind: "expiring";
      readonly certificate: ComparedCertificate;
      readonly daysLeft: number;
      readonly step: ExpiryStep;
    }
  | { readonly kind: "expired"; readonly certificate: ComparedCertificate; readonly daysLeft: number };

/**
 * What happened to a service's certificate between two looks: it is new or changed, and the chain came nearer to its
 * end. Each step of the ladder and the end itself is said once: at the first look after it was reached, however many
 * steps were passed meanwhile. Where the chain that ends is another one than before, its step is said at once.
 * @param before the last look that found a certificate; `undefined` at the first
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
  const certificate = endsFirst(chain);
  if (certificate === undefined) return undefined;
  const step = stepAt(certificate, now);
  if (step === undefined) return undefined;
  const known = before === undefined ? undefined : endsFirst(before.chain);
  if (before !== undefined && known?.sha256 === certificate.sha256) {
    const said = stepAt(known, nearNow(before.seenAt, now));
    if (rankOf(said) >= rankOf(step)) return undefined;
  }
  const left = daysLeft(certificate, now);
  return step === "expired"
    ? { kind: "expired", certificate, daysLeft: left }
    : { kind: "expiring", certificate, daysLeft: left, step };
}

/**
 * When a chain that is seen `now` counts as seen: a clock that was set back a little does not make what was said unsaid.
 * An instant that is further ahead, which a wrong clock left behind, counts as now.
 */
export function seenAt(before: ChainSighting | undefined, chain: readonly ComparedCertificate[], now: number): number {
  if (before === undefined || endsFirst(before.chain)?.sha256 !== endsFirst(chain)?.sha256) return now;
  return Math.max(nearNow(before.seenAt, now), now);
}

function nearNow(instant: number, now: number): number {
  return instant > now + toleratedLeadMs ? now : instant;
}

function rankOf(step: ExpiryStep | "expired" | undefined): number {
  if (step === undefined) return -1;
  return step === "expired" ? expiryLadder.length : expiryLadder.indexOf(step);
}

/** Of several that end together, the first. */
export function endsFirst(chain: readonly ComparedCertificate[]): ComparedCertificate | undefined {
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
  return expiryLadder.findLast((step) => left <= step * 86_400_000);
}
