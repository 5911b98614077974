import { readElement } from "../../../wire/ber.ts";
import { Reader } from "../../../wire/reader.ts";

/** Names as OpenSSL writes them, by object identifier (RFC 4055, RFC 5758, RFC 8410, RFC 3279). */
const names: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
  "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
  "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
  "1.2.840.113549.1.1.10": "rsassaPss",
  "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
  "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
  "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
  "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
  "1.2.840.10045.4.1": "ecdsa-with-SHA1",
  "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
  "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
  "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
  "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
  "1.2.840.10040.4.3": "dsa-with-SHA1",
  "2.16.840.1.101.3.4.3.2": "dsa-with-SHA256",
  "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
  "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
  "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
  "1.3.101.112": "Ed25519",
  "1.3.101.113": "Ed448",
};

/**
 * The signature algorithm of a certificate: Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, ... }
 * (RFC 5280 section 4.1). The object identifier where the name is unknown. Total.
 */
export function signatureAlgorithmOf(der: Uint8Array): string {
  const certificate = readElement(new Reader(der));
  if (certificate === undefined || readElement(certificate.contents) === undefined) return "unknown";
  const algorithm = readElement(certificate.contents);
  const identifier = algorithm === undefined ? undefined : readElement(algorithm.contents);
  if (identifier === undefined || identifier.tag !== 6) return "unknown";
  const arcs = objectIdentifier(identifier.contents);
  return names[arcs] ?? arcs;
}

/** X.690 section 8.19. */
function objectIdentifier(contents: Reader): string {
  const arcs: number[] = [];
  let arc = 0;
  while (contents.remaining > 0 && arcs.length < 32) {
    const byte = contents.u8();
    arc = arc * 128 + (byte & 127);
    if (byte >= 128) continue;
    if (arcs.length === 0) {
      const first = Math.min(2, Math.floor(arc / 40));
      arcs.push(first, arc - first * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  return arcs.join(".");
}
