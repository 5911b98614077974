import tls from "node:tls";
import { systemAuthorities } from "../platform/system-authorities.ts";

/**
 * The trusted certificate authorities: those of Node, those of the system (which include a company's own authority if it
 * is installed on the machine), and `own`, certificates in PEM.
 */
export function trustedContext(own: string | undefined): tls.SecureContext {
  const known = [...tls.getCACertificates("default"), ...systemAuthorities(), ...(own === undefined ? [] : [own])];
  return tls.createSecureContext({ ca: [...new Set(known)] });
}
