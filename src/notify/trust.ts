import tls from "node:tls";
import { systemAuthorities } from "../platform/system-authorities.ts";

/**
 * The trusted certificate authorities: those of Node, those of the system (so that a company's own authority, installed on the
 * machine, is enough), and `own`, certificates in PEM.
 */
export function trustedContext(own: string | undefined): tls.SecureContext {
  const known = [...tls.getCACertificates("default"), ...systemAuthorities(), ...(own === undefined ? [] : [own])];
  return tls.createSecureContext({ ca: [...new Set(known)] });
}
