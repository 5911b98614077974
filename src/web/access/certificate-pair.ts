import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { messageOf, systemCode } from "../../core/errors.ts";

/** Contents of two PEM files: the certificate with its chain, and its private key. */
export interface CertificatePair {
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
}

export interface PairProblem {
  readonly part: keyof CertificatePair;
  readonly message: string;
}

/** A longer file is neither a certificate chain nor a key. */
export const maxPemBytes = 1024 * 1024;

/** Why no HTTPS can be served with this pair, and because of which file. */
export function pairProblem({ certificate, key }: CertificatePair): PairProblem | undefined {
  const cert = Buffer.from(certificate);
  const privateKey = Buffer.from(key);
  if (!cert.includes("-----BEGIN CERTIFICATE-----"))
    return { part: "certificate", message: "this file contains no certificate in PEM format" };
  if (privateKey.includes("ENCRYPTED"))
    return { part: "key", message: "this key is encrypted with a passphrase; save it without one" };
  try {
    const leaf = attempt("certificate", () => new X509Certificate(cert));
    const parsedKey = attempt("key", () => createPrivateKey(privateKey));
    if (!leaf.checkPrivateKey(parsedKey))
      return { part: "key", message: "this key does not belong to the certificate" };
    attempt("certificate", () => createSecureContext({ cert, key: privateKey }));
    return undefined;
  } catch (error) {
    if (error instanceof UnusablePart) return { part: error.part, message: error.message };
    throw error;
  }
}

class UnusablePart extends Error {
  readonly part: keyof CertificatePair;

  constructor(part: keyof CertificatePair, cause: unknown) {
    const contents = part === "key" ? "no private key in PEM format" : "an unusable certificate";
    super(`this file contains ${contents} (${systemCode(cause) ?? messageOf(cause)})`, { cause });
    this.part = part;
  }
}

function attempt<Value>(part: keyof CertificatePair, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new UnusablePart(part, error);
  }
}
