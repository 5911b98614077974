import type { News, ObservedCertificate } from "../../../core/examination.ts";
import {
  type CertificateChange,
  type ChainSighting,
  type ComparedCertificate,
  certificateChanges,
  firstToExpire,
  seenAt,
} from "../../check/cert/certificate-changes.ts";
import type { ReportedPresence } from "./memory.ts";

/** How a service's certificates changed since they were last seen, in words. */
export function compareCertificates(
  before: ChainSighting | undefined,
  chain: readonly ObservedCertificate[],
  options: { readonly now: number; readonly presence?: ReportedPresence | undefined },
): readonly News[] {
  const changes = certificateChanges(before, chain.map(compared), options.now);
  return (
    changes
      // The evidence of a new service shows its first certificate.
      .filter(({ kind }) => kind !== "new" || options.presence !== "new")
      .map((change) => newsOf(change, chain, options.now))
  );
}

export function rememberCertificates(
  before: ChainSighting | undefined,
  chain: readonly ObservedCertificate[],
  now: number,
): { chain: ComparedCertificate[]; seenAt: number } {
  const facts = chain.map(compared);
  const own = facts.slice(0, 1);
  const first = firstToExpire(facts);
  const remembered = first === undefined || first === facts[0] ? own : [...own, first];
  return { chain: remembered, seenAt: seenAt(before, remembered, now) };
}

function compared({ subject, issuer, validTo, sha256, keySha256 }: ObservedCertificate): ComparedCertificate {
  // An unreadable date never expires; the output of the check shows that it is unreadable.
  return { subject, issuer, validTo: Number.isNaN(validTo) ? Number.POSITIVE_INFINITY : validTo, sha256, keySha256 };
}

function newsOf(change: CertificateChange, chain: readonly ObservedCertificate[], now: number): News {
  const { certificate } = change;
  // Where the news is not the expiry, the date alone: a number of days would be wrong on the next day, beside that of the list of certificates.
  const is = describe(certificate, chain);
  const isNow = describe(certificate, chain, remaining(certificate, now));
  switch (change.kind) {
    case "new":
      return { kind: "certificate-new", detail: is };
    case "changed": {
      const { before } = change;
      const was = `${name(before)}, ${until(before)}, SHA-256 ${before.sha256}`;
      return { kind: "certificate-changed", detail: `another ${listed(change.parts)}: was ${was}; is ${is}` };
    }
    case "expiring":
      return { kind: "certificate-expiring", detail: `${days(change.step)} or less: ${isNow}` };
    case "expired":
      return { kind: "certificate-expired", detail: isNow };
  }
}

/** `CN=host; issued by CN=issuer; until 2030-01-31 UTC, 5 days left; SHA-256 AA:...`. @param left after the date */
function describe(certificate: ComparedCertificate, chain: readonly ObservedCertificate[], left = ""): string {
  const place = chain.findIndex(({ sha256 }) => sha256 === certificate.sha256);
  const role = place > 0 ? "issuer in the chain: " : "";
  const by = chain[place]?.selfSigned === true ? "self-signed" : `issued by ${certificate.issuer}`;
  return `${role}${name(certificate)}; ${by}; ${until(certificate)}${left}; SHA-256 ${certificate.sha256}`;
}

function name({ subject }: ComparedCertificate): string {
  return subject === "" ? "no subject" : subject;
}

function until({ validTo }: ComparedCertificate): string {
  // ISO 8601 has years of four digits; X.509 has no later ones (RFC 5280 section 4.1.2.5.2).
  return Number.isFinite(validTo)
    ? `until ${new Date(validTo).toISOString().slice(0, 10)} UTC`
    : "until an unreadable date";
}

function remaining({ validTo }: ComparedCertificate, now: number): string {
  if (!Number.isFinite(validTo)) return "";
  const left = Math.floor(Math.abs(validTo - now) / 86_400_000);
  if (validTo > now) return `, ${days(left)} left`;
  return left === 0 ? ", ended today" : `, ended ${days(left)} ago`;
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
