import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { systemAuthorities } from "../../../platform/system-authorities.ts";

/**
 * Includes old versions and weak ciphers: no secrets are sent. Those without a certificate come last, so that a server
 * that offers both, as Postfix does, shows its certificate.
 */
const allCiphers = "ALL:COMPLEMENTOFALL:!eNULL:+aNULL:@SECLEVEL=0";

/**
 * Accepts every version and cipher that OpenSSL has here, and trusts `certificates` (PEM), intermediate ones included.
 * Creating one takes a millisecond for ten certificates: reuse it.
 * @throws where a certificate cannot be read
 */
export function contextTrusting(certificates: readonly string[]): SecureContext {
  return createSecureContext({
    minVersion: "TLSv1",
    maxVersion: "TLSv1.3",
    ciphers: allCiphers,
    ca: [...certificates],
    allowPartialTrustChain: true,
  });
}

/** Trusts no certificate. Created once. */
export const trustNone = once(() => contextTrusting([]));

/** Trusts the certificates of this system, or Node's copy of Mozilla's list where the system has none. Created once. */
export const trustSystem = once(() => {
  const own = systemAuthorities();
  return contextTrusting(own.length > 0 ? own : getCACertificates("bundled"));
});

/** TLS without any certificate (anonymous Diffie-Hellman, RFC 5246 F.1.1.1), which TLS 1.3 no longer has. Created once. */
export const anonymousOnly = once(() =>
  createSecureContext({ minVersion: "TLSv1", maxVersion: "TLSv1.2", ciphers: "ADH:@SECLEVEL=0" }),
);

function once(create: () => SecureContext): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= create();
    return context;
  };
}
