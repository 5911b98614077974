import tls from "node:tls";
import { systemAuthorities } from "../platform/system-authorities.ts";

/**
 * Whom a mail server's certificate may be signed by: the authorities that Node brings, those that the system trusts (so
 * that a company's own authority, installed on the machine, is enough), and `own`, certificates in PEM.
 */
export function trustedContext(own: string | undefined): tls.SecureContext {
  const known = [...tls.getCACertificates("default"), ...systemAuthorities(), ...(own === undefined ? [] : [own])];
  return tls.createSecureContext({ ca: [...new Set(known)] });
}
