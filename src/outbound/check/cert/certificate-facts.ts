import { createHash, X509Certificate } from "node:crypto";
import { safeText } from "../../../core/safe-text.ts";
import { signatureAlgorithmOf } from "./signature-algorithm.ts";

/** The facts of one certificate. Plain data; texts are safe and bounded; times are milliseconds since the epoch. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal, upper case. */
  readonly serial: string;
  readonly validFrom: number;
  readonly validTo: number;
  /** As `DNS:example.org`, `IP Address:10.0.0.1`. */
  readonly names: readonly string[];
  /** Of the whole certificate, upper-case hexadecimal with colons. */
  readonly sha256: string;
  readonly sha1: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), lower-case hexadecimal: unchanged when a certificate is renewed with its key. */
  readonly keySha256: string;
  /** `rsa`, `ec`, `ed25519` ... */
  readonly keyType: string;
  /** Bits of an RSA or DSA key, or of an elliptic curve. */
  readonly keyBits?: number | undefined;
  readonly curve?: string | undefined;
  readonly signatureAlgorithm: string;
  readonly selfSigned: boolean;
  readonly authority: boolean;
}

const maxNames = 200;

const curveBits: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  prime192v1: 192,
  brainpoolP256r1: 256,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
};

/** @returns `undefined` where OpenSSL cannot read it */
export function certificateFacts(der: Uint8Array): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(der);
    const { publicKey } = certificate;
    const details = publicKey.asymmetricKeyDetails ?? {};
    const bits =
      details.modulusLength ?? (details.namedCurve === undefined ? undefined : curveBits[details.namedCurve]);
    const spki = publicKey.export({ type: "spki", format: "der" });
    return {
      subject: oneLine(certificate.subject),
      issuer: oneLine(certificate.issuer),
      serial: certificate.serialNumber,
      validFrom: Date.parse(certificate.validFrom),
      validTo: Date.parse(certificate.validTo),
      names: (certificate.subjectAltName ?? "")
        .slice(0, 64 * 1024)
        .split(", ")
        .filter((name) => name !== "")
        .slice(0, maxNames)
        .map((name) => safeText(name, { limit: 300 })),
      sha256: certificate.fingerprint256,
      sha1: certificate.fingerprint,
      keySha256: createHash("sha256").update(spki).digest("hex"),
      keyType: publicKey.asymmetricKeyType ?? "unknown",
      keyBits: bits,
      curve: details.namedCurve,
      signatureAlgorithm: signatureAlgorithmOf(der),
      selfSigned: certificate.checkIssued(certificate) && certificate.verify(publicKey),
      authority: certificate.ca,
    };
  } catch {
    return undefined;
  }
}

export function pemOf(der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
}

const dayMs = 86_400_000;

/** Whole days until the certificate expires; negative afterwards. */
export function daysLeft(certificate: Pick<CertificateFacts, "validTo">, now: number): number {
  return Math.floor((certificate.validTo - now) / dayMs);
}

/** A distinguished name as Node writes it, an attribute a line, on one line. It may be empty (RFC 5280 section 4.1.2.6). */
function oneLine(name: string | undefined): string {
  return safeText((name ?? "").trim().replaceAll("\n", ", "), { limit: 500 });
}
