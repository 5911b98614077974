import type { StoredCertificate } from "../../core/examination.ts";
import { isoTime } from "../text/iso-time.ts";
import type { CertificateJson } from "./certificate-schema.ts";
import { daysUntil } from "./expiry-words.ts";

/** One line of `harbinger certificates --json`. */
export function certificateJson(certificate: StoredCertificate, now: number): CertificateJson {
  const { validFrom, validTo, firstSeen, lastSeen, services, ...rest } = certificate;
  return {
    ...rest,
    validFrom: knownTime(validFrom),
    validTo: knownTime(validTo),
    daysLeft: daysUntil(validTo, now),
    firstSeen: isoTime(firstSeen),
    lastSeen: isoTime(lastSeen),
    services: services.map(({ isCurrent, isIssuer, ...service }) => ({
      ...service,
      firstSeen: isoTime(service.firstSeen),
      lastSeen: isoTime(service.lastSeen),
      current: isCurrent,
      issuer: isIssuer,
    })),
  };
}

/** Not a number where the certificate has a time that cannot be read. */
function knownTime(instant: number): string | undefined {
  return Number.isNaN(instant) ? undefined : isoTime(instant);
}
