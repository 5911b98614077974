import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { messageOf } from "../../../core/errors.ts";
import { safeText } from "../../../core/safe-text.ts";
import { withoutBrackets } from "../dial.ts";

/** Why OpenSSL does not trust a chain, for people. */
export function explainDistrust(code: string): string {
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "self-signed certificate";
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return "the chain ends in a root that is not trusted";
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return "the issuer is not known: the chain is incomplete, or ends in a root that is not trusted";
    case "CERT_HAS_EXPIRED":
      return "a certificate of the chain has expired";
    case "CERT_NOT_YET_VALID":
      return "a certificate of the chain is not valid yet";
    case "CERT_SIGNATURE_FAILURE":
      return "a signature in the chain is invalid";
    case "INVALID_CA":
      return "an issuer in the chain is not a certificate authority";
    case "CERT_CHAIN_TOO_LONG":
      return "the chain is too long";
    case "CERT_REVOKED":
      return "a certificate of the chain is revoked";
    case "INVALID_PURPOSE":
      return "the certificate is not valid for servers";
    default:
      return safeText(code.replaceAll("_", " ").toLowerCase(), { limit: 200 });
  }
}

/** Why the certificate is not one for `host` (RFC 9525); `undefined` where it is. */
export function nameMismatch(host: string, certificate: PeerCertificate): string | undefined {
  try {
    const error = checkServerIdentity(withoutBrackets(host), certificate);
    if (error === undefined) return undefined;
    const reason = error.message.replace(/^Hostname\/IP does not match certificate's altnames: /, "");
    // Node's message ends with the list of the certificate's addresses, even if it is empty.
    const withList = reason.replace(
      / is not in the cert's list: $/,
      " is not in the certificate, which contains no addresses",
    );
    return safeText(withList, { limit: 300 });
  } catch (error) {
    return safeText(messageOf(error), { limit: 300 });
  }
}
