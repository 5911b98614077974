import { safeText } from "../../../core/safe-text.ts";
import { tlsNotDetected } from "../../probe/secure.ts";

const texts: readonly (readonly [RegExp, string])[] = [
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE/, tlsNotDetected],
  [/^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/, "self-signed certificate"],
  [
    /^UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY)$/,
    "the issuer of the certificate is not trusted",
  ],
  [/^CERT_HAS_EXPIRED$/, "the certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "the certificate is not valid yet"],
  [/^CERT_SIGNATURE_FAILURE$/, "the certificate's signature is wrong"],
  [/ALTNAME_INVALID/, "the certificate is for another name"],
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_PROTOCOLS_AVAILABLE/, "no common TLS version"],
  [/HANDSHAKE_FAILURE|NO_SHARED_CIPHER/, "the server refused the handshake"],
  [/^(?:closed|ECONNRESET|EPIPE)$/, "the server closed the connection"],
  [/^silence$/, "no answer in time"],
];

/** In words, what the code of a failed TLS connection says. */
export function tlsFailureText(code: string): string {
  return texts.find(([pattern]) => pattern.test(code))?.[1] ?? safeText(code, { limit: 200 });
}
