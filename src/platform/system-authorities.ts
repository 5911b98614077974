import { existsSync } from "node:fs";
import tls from "node:tls";

/**
 * The certificates of the authorities that this system trusts, in PEM; none if it has no readable store of them, as on a minimal
 * Debian without the package ca-certificates.
 */
export function systemAuthorities(): string[] {
  if (!mayHaveStore()) return [];
  try {
    return tls.getCACertificates("system");
  } catch {
    return [];
  }
}

/** On Linux Node prints a warning to standard error if the folder is missing, so Node is not used there. */
function mayHaveStore(): boolean {
  if (process.platform !== "linux") return true;
  const { SSL_CERT_DIR: folder = "/etc/ssl/certs", SSL_CERT_FILE: file = "/etc/ssl/cert.pem" } = process.env;
  return existsSync(folder) || existsSync(file);
}
