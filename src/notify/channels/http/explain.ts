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
 * Says in words why a server was not reached. Only its origin (`https://ntfy.sh`) is named: what stands behind it in a
 * URL is a secret for many services.
 */
export function explainHttpFailure(error: unknown, origin: string): string {
  const code = systemCode(error) ?? "";
  if (untrusted.has(code)) {
    return `the certificate of ${origin} is signed by nobody that is trusted here (${code}); to trust its authority, give it as ca_file`;
  }
  switch (code) {
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${origin} is not valid now (${code})`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${origin} is for other names: ${messageOf(error)}`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return `${origin} does not speak TLS; is it http://?`;
    case "ECONNREFUSED":
      return `${origin} refuses connections; is it running, is this its port?`;
    case "ENOTFOUND":
      return `there is no host of that name: ${origin}`;
    case "EAI_AGAIN":
      return `the name of ${origin} cannot be looked up now`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no way to ${origin} (${code})`;
    case "ETIMEDOUT":
      return `${origin} did not answer in time`;
    case "early-answer":
      return `${origin} answered before it had the message: it cannot have taken it`;
    case "ECONNRESET":
    case "EPIPE":
      return `${origin} broke the connection off before it answered`;
  }
  if (error instanceof NoAnswerError) return `${origin} does not answer: ${error.message}`;
  if (code.startsWith("HPE_")) return `${origin} does not answer in HTTP (${code}); is it https://?`;
  return `${origin} cannot be reached: ${messageOf(error)}`;
}
