import { messageOf, systemCode } from "../../../core/errors.ts";
import { safeText } from "../../../core/safe-text.ts";

/** What every check prints where a service does not speak TLS. The text is that of the earlier tool. */
export const tlsNotDetected = "TLS not detected";

/** The same with the reason, where there is one: `TLS not detected (the server closed the connection)`. */
export function withoutTls(reason: string): string {
  return reason === tlsNotDetected ? tlsNotDetected : `${tlsNotDetected} (${reason})`;
}

/**
 * Why a TLS handshake failed.
 * - `refused`: the peer speaks TLS, but refuses this handshake (an alert, no common version or cipher).
 * - `not-tls`: it answered with something else, or closed.
 * - `timed-out`: no answer.
 */
export interface HandshakeFailure {
  readonly kind: "refused" | "not-tls" | "timed-out";
  readonly reason: string;
  /** The error code of OpenSSL or the system, where there is one. */
  readonly code?: string | undefined;
  /** The peer requires a client certificate. */
  readonly demandsCertificate: boolean;
  /** The chain that the peer sent before it refused, in DER; empty where it sent none. */
  readonly chain: readonly Buffer[];
}

export const noAnswer: HandshakeFailure = {
  kind: "timed-out",
  reason: "no answer to the TLS handshake in time",
  demandsCertificate: false,
  chain: [],
};

export function notTls(reason: string, code?: string): HandshakeFailure {
  return { kind: "not-tls", reason, code, demandsCertificate: false, chain: [] };
}

/** OpenSSL's error codes for bytes that are not TLS. */
const codesOfOtherBytes =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|BAD_PACKET|UNEXPECTED_MESSAGE|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE|LENGTH_MISMATCH|UNEXPECTED_RECORD|DATA_LENGTH_TOO_LONG/;

/** @param chain what the peer sent before the handshake failed */
export function handshakeFailureOf(error: Error, chain: readonly Buffer[]): HandshakeFailure {
  const code = systemCode(error) ?? "unknown";
  if (code.startsWith("ERR_SSL_")) {
    if (codesOfOtherBytes.test(code)) return notTls(tlsNotDetected, code);
    const demandsCertificate = asksForCertificate(code, chain.length > 0);
    return { kind: "refused", reason: reasonOf(code), code, demandsCertificate, chain };
  }
  if (code === "ETIMEDOUT") return { ...noAnswer, code };
  const closed = code === "ECONNRESET" || code === "EPIPE";
  return notTls(closed ? "the server closed the connection" : safeText(messageOf(error)), code);
}

/**
 * Whether a server ended TLS because it requires a client certificate. Alerts of RFC 8446, section 6.2. Older servers fail the
 * handshake instead; after they have sent their own certificate that means the same, because version and cipher are agreed then.
 */
export function asksForCertificate(code: string, hasShownItsOwn: boolean): boolean {
  if (/ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|NO_CERTIFICATE)$/.test(code)) return true;
  return hasShownItsOwn && /ALERT_HANDSHAKE_FAILURE$/.test(code);
}

/** `ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION` as `tlsv1 alert protocol version`. */
export function reasonOf(code: string): string {
  return code
    .replace(/^ERR_SSL_(?:SSL\/TLS_)?/, "")
    .replaceAll("_", " ")
    .toLowerCase();
}
