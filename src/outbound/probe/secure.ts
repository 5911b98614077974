import { isIP } from "node:net";
import { connect, createSecureContext, type DetailedPeerCertificate, type SecureContext, TLSSocket } from "node:tls";
import { messageOf, systemCode } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import { Connection } from "./connection.ts";

/** What every check prints where a service does not speak TLS. The text is that of the earlier tool. */
export const tlsNotDetected = "TLS not detected";

/** The same with the reason, where there is one: `TLS not detected (the server closed the connection)`. */
export function withoutTls(reason: string): string {
  return reason === tlsNotDetected ? tlsNotDetected : `${tlsNotDetected} (${reason})`;
}

export interface SecureOptions {
  /** Sent as SNI where it is a name and not an address. */
  readonly host: string;
  /** Which certificates are trusted, see {@link contextTrusting}. Default: none. */
  readonly secureContext?: SecureContext;
  readonly alpn?: readonly string[];
  readonly timeoutMs?: number;
  readonly byteLimit?: number;
}

/**
 * The outcome of a TLS handshake.
 * - `refused`: the peer speaks TLS, but refuses this handshake (an alert, no common version or cipher).
 * - `not-tls`: it answered with something else, or closed.
 * - `timed-out`: no answer.
 *
 * The certificate is never a reason to fail: `untrusted` is the error of a client that verifies the chain. The name in
 * the certificate is not verified here.
 */
export type SecureOutcome =
  | {
      readonly kind: "secure";
      readonly connection: Connection;
      readonly socket: TLSSocket;
      readonly untrusted: string | undefined;
    }
  | {
      readonly kind: "refused" | "not-tls" | "timed-out";
      readonly reason: string;
      readonly code?: string;
      /** The chain that the peer sent before it refused: see {@link peerChain}. */
      readonly chain?: readonly Buffer[];
    };

/** Includes old versions and weak ciphers: no secrets are sent. */
const everything = "ALL:COMPLEMENTOFALL:!eNULL:@SECLEVEL=0";

/**
 * Accepts every version and cipher that OpenSSL has here, and trusts `certificates` (PEM), intermediate ones included.
 * Creating one takes a millisecond for ten certificates: reuse it.
 */
export function contextTrusting(certificates: readonly string[]): SecureContext {
  return createSecureContext({
    minVersion: "TLSv1",
    maxVersion: "TLSv1.3",
    ciphers: everything,
    ca: [...certificates],
    allowPartialTrustChain: true,
  });
}

let nobody: SecureContext | undefined;

function trustingNobody(): SecureContext {
  nobody ??= contextTrusting([]);
  return nobody;
}

/** Performs the TLS handshake on a connection without unread bytes. The result replaces the connection. */
export async function secure(plain: Connection, options: SecureOptions): Promise<SecureOutcome> {
  const raw = plain.release();
  if (raw === undefined) return { kind: "not-tls", reason: "the server sent data first" };
  using part = plain.deadline.part(options.timeoutMs ?? Number.POSITIVE_INFINITY);
  const outcome = await new Promise<TLSSocket | SecureOutcome>((resolve) => {
    let socket: TLSSocket;
    try {
      socket = connect({
        socket: raw,
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        secureContext: options.secureContext ?? trustingNobody(),
        ...(isServerName(options.host) ? { servername: options.host } : {}),
        ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
      });
    } catch (error) {
      resolve({ kind: "refused", reason: safeText(messageOf(error)) });
      return;
    }
    const onAbort = () => {
      socket.destroy();
      resolve({ kind: "timed-out", reason: "no answer to the TLS handshake in time" });
    };
    const settle = (value: TLSSocket | SecureOutcome) => {
      part.signal.removeEventListener("abort", onAbort);
      resolve(value);
    };
    part.signal.addEventListener("abort", onAbort, { once: true });
    if (part.isOver) onAbort();
    socket.on("error", (error) => settle(withChain(failureOf(error), socket)));
    socket.on("close", () => settle({ kind: "not-tls", reason: "the server closed the connection" }));
    socket.once("secureConnect", () => settle(socket));
  });
  if (!(outcome instanceof TLSSocket)) {
    plain[Symbol.dispose]();
    return outcome;
  }
  const connection = new Connection(outcome, plain.address, plain.deadline, options.byteLimit);
  // Node types this as an Error, and gives the code of OpenSSL as text.
  const untrusted = outcome.authorized ? undefined : String(outcome.authorizationError);
  return { kind: "secure", connection, socket: outcome, untrusted };
}

/** RFC 6066 section 3: an address is no server name. */
export function isServerName(host: string): boolean {
  return isIP(host) === 0 && !host.startsWith("[") && !host.includes(":");
}

/** The longest chain; OpenSSL refuses longer ones too. */
const longestChain = 32;

/** The certificates that the peer sent, in DER: its own first, then each one's issuer. */
export function peerChain(socket: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && chain.length < longestChain) {
    const { raw } = certificate;
    // A self-signed certificate is its own issuer.
    if (chain.some((known) => known.equals(raw))) break;
    chain.push(raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

function withChain(failure: SecureOutcome, socket: TLSSocket): SecureOutcome {
  if (failure.kind !== "refused") return failure;
  const chain = peerChain(socket);
  return chain.length === 0 ? failure : { ...failure, chain };
}

/** OpenSSL's error codes for bytes that are not TLS. */
const notTls =
  /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|BAD_PACKET|UNEXPECTED_MESSAGE|UNKNOWN_PROTOCOL|BAD_RECORD_TYPE|LENGTH_MISMATCH|UNEXPECTED_RECORD|DATA_LENGTH_TOO_LONG/;

function failureOf(error: Error): SecureOutcome {
  const code = systemCode(error) ?? "unknown";
  if (code.startsWith("ERR_SSL_") && !notTls.test(code)) {
    return { kind: "refused", reason: reasonOf(code), code };
  }
  if (code.startsWith("ERR_SSL_")) return { kind: "not-tls", reason: tlsNotDetected, code };
  if (code === "ETIMEDOUT") return { kind: "timed-out", reason: "no answer to the TLS handshake in time", code };
  const closed = code === "ECONNRESET" || code === "EPIPE";
  return { kind: "not-tls", reason: closed ? "the server closed the connection" : safeText(messageOf(error)), code };
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
