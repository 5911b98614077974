import type { SecureContext } from "node:tls";
import { contextTrusting, trustSystem } from "../../probe/tls/contexts.ts";
import type { HandshakeFailure } from "../../probe/tls/failure.ts";
import type { TlsSession } from "../../probe/tls/handshake.ts";
import { explainDistrust, nameMismatch } from "../../probe/tls/verify.ts";
import { readTruststore } from "../../probe/truststore.ts";

/** Which certificates of a broker are trusted. A collected truststore is valid for its host, with any names in its certificates. */
export type BrokerTrust =
  | { readonly kind: "truststore" | "system"; readonly context: SecureContext }
  | { readonly kind: "unreadable"; readonly reason: string };

/** The certificates collected from `host`, or else those of the system. */
export function trustFor(host: string, directory: string): BrokerTrust {
  const pem = readTruststore(directory, host);
  if (pem === undefined) return { kind: "system", context: trustSystem() };
  try {
    return { kind: "truststore", context: contextTrusting([pem]) };
  } catch {
    return { kind: "unreadable", reason: "the stored truststore cannot be read" };
  }
}

/** Why the broker's certificate is not trusted; `undefined` where it is. */
export function distrustOf(
  { untrusted, certificate }: TlsSession,
  kind: "truststore" | "system",
  host: string,
): string | undefined {
  if (untrusted !== undefined) return explainDistrust(untrusted);
  const isOther = kind === "system" && nameMismatch(host, certificate) !== undefined;
  return isOther ? "the certificate is for another name" : undefined;
}

/** Why TLS to the broker failed, in words. */
export function handshakeText({ kind, reason, code = "" }: HandshakeFailure): string {
  if (kind === "timed-out") return "no answer in time";
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE/.test(code)) return "no common TLS version";
  if (/HANDSHAKE_FAILURE|NO_SHARED_CIPHER/.test(code)) return "the server refused the handshake";
  return reason;
}
