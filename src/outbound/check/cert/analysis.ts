import { type CertificateFacts, daysLeft } from "./certificate-facts.ts";

export interface Analysis {
  readonly host: string;
  readonly port: number;
  readonly chain: readonly CertificateFacts[];
  /** Whether the system's roots trust the chain. */
  readonly trust: string;
  readonly now: number;
}

/** The text of `HOST-truststore.txt`: describes each certificate of the chain. */
export function renderAnalysis({ host, port, chain, trust, now }: Analysis): string {
  const head = [
    `Certificate analysis of ${host} port ${port}`,
    `Collected:    ${instant(now)}`,
    `Certificates: ${chain.length}`,
    `Trust:        ${trust}`,
  ];
  const parts = chain.map((certificate, index) => renderCertificate(certificate, index, chain.length, now));
  return `${[head.join("\n"), ...parts].join("\n\n")}\n`;
}

function renderCertificate(certificate: CertificateFacts, index: number, count: number, now: number): string {
  const role = index === 0 ? "the server's own" : certificate.selfSigned ? "root" : "intermediate";
  return [
    `Certificate ${index + 1} of ${count} (${role})`,
    `  Subject:             ${certificate.subject}`,
    `  Issuer:              ${certificate.issuer}`,
    `  Serial number:       ${certificate.serial}`,
    `  Valid from:          ${instant(certificate.validFrom)}`,
    `  Valid to:            ${instant(certificate.validTo)} (${remaining(certificate, now)})`,
    `  Alternative names:   ${certificate.names.length === 0 ? "none" : certificate.names.join(", ")}`,
    `  SHA-256 fingerprint: ${certificate.sha256}`,
    `  SHA-1 fingerprint:   ${certificate.sha1}`,
    `  Public key:          ${describeKey(certificate)}`,
    `  Public key SHA-256:  ${certificate.keySha256}`,
    `  Signature algorithm: ${certificate.signatureAlgorithm}`,
    `  Self-signed:         ${certificate.selfSigned ? "yes" : "no"}`,
    `  May sign others:     ${certificate.authority ? "yes" : "no"}`,
  ].join("\n");
}

/** One line per certificate, as the check prints it. */
export function summariseCertificate(certificate: CertificateFacts, index: number, now: number): string {
  const { subject, issuer, selfSigned } = certificate;
  const by = selfSigned ? "self-signed" : `issued by ${issuer}`;
  return `${index + 1}. ${subject}; ${by}; ${remaining(certificate, now)}; ${describeKey(certificate)}; SHA-256 ${certificate.sha256}`;
}

function describeKey({ keyType, keyBits, curve }: CertificateFacts): string {
  const size = keyBits === undefined ? "" : ` ${keyBits} bits`;
  return `${keyType.toUpperCase()}${size}${curve === undefined ? "" : ` (${curve})`}`;
}

function remaining(certificate: CertificateFacts, now: number): string {
  if (certificate.validFrom > now) return `not valid before ${instant(certificate.validFrom)}`;
  const days = daysLeft(certificate, now);
  if (certificate.validTo <= now) return `EXPIRED ${instant(certificate.validTo)}`;
  return days === 1 ? "1 day left" : `${days} days left`;
}

function instant(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace(/\.\d+Z$/, "Z") : "unknown";
}
