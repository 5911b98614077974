import tls from "node:tls";

/**
 * Whom a mail server's certificate may be signed by: the authorities that Node brings, those that the system trusts (so
 * that a company's own authority, installed on the machine, is enough), and `own`, certificates in PEM.
 */
export function trustedContext(own: string | undefined): tls.SecureContext {
  return tls.createSecureContext({ ca: [...new Set([...known("default"), ...known("system"), own ?? []].flat())] });
}

function known(store: "default" | "system"): string[] {
  try {
    return tls.getCACertificates(store);
  } catch {
    // A system without a store, or with one that cannot be read.
    return [];
  }
}
