import { messageOf, systemCode } from "../../../core/errors.ts";
import { NoAnswerError } from "../../../platform/limit-before-answer.ts";

const untrusted = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/**
 * Explains why a server was not reached. It names only the origin (`https://ntfy.sh`): with many services the rest of the URL is
 * a secret.
 */
export function explainHttpFailure(error: unknown, origin: string): string {
  const code = systemCode(error) ?? "";
  if (untrusted.has(code)) {
    return `the certificate of ${origin} is not signed by a trusted authority (${code}); to trust its authority, set ca_file`;
  }
  switch (code) {
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${origin} is not valid now (${code})`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${origin} is valid for other names: ${messageOf(error)}`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return `${origin} does not speak TLS; is it an http:// address?`;
    case "ECONNREFUSED":
      return `${origin} refuses connections; is the server running, and is the port right?`;
    case "ENOTFOUND":
      return `the host name of ${origin} does not exist`;
    case "EAI_AGAIN":
      return `the host name of ${origin} cannot be resolved now`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `no route to ${origin} (${code})`;
    case "ETIMEDOUT":
      return `${origin} did not answer in time`;
    case "early-answer":
      return `${origin} answered before it had received the message, so it cannot have accepted it`;
    case "ECONNRESET":
    case "EPIPE":
      return `${origin} closed the connection before it answered`;
  }
  if (error instanceof NoAnswerError) return `${origin} does not answer: ${error.message}`;
  if (code.startsWith("HPE_")) return `${origin} does not answer with HTTP (${code}); is it an https:// address?`;
  return `${origin} cannot be reached: ${messageOf(error)}`;
}
