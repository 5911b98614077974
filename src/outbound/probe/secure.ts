import { isIP } from "node:net";
import { connect, createSecureContext, type DetailedPeerCertificate, type SecureContext, TLSSocket } from "node:tls";
import { messageOf, systemCode } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import { Connection } from "./connection.ts";

/** What every check says where a service does not speak TLS. The check `tls` has it from the earlier tool. */
export const tlsNotDetected = "TLS not detected";

/** The same with the reason, where there is more to say: `TLS not detected (the server closed the connection)`. */
export function withoutTls(reason: string): string {
  return reason === tlsNotDetected ? tlsNotDetected : `${tlsNotDetected} (${reason})`;
}

export interface SecureOptions {
  /** The name that the client asks for (SNI) where it is a name, no address. */
  readonly host: string;
  /** Whom to trust, see {@link contextTrusting}. Default: nobody. */
  readonly secureContext?: SecureContext;
  readonly alpn?: readonly string[];
  readonly timeoutMs?: number;
  readonly byteLimit?: number;
}

/**
 * What came of a TLS handshake.
 * - `refused`: the peer speaks TLS, but not with us on these terms (an alert, a version or cipher that we lack).
 * - `not-tls`: it answered with something else, or closed.
 * - `timed-out`: silence.
 *
 * The certificate is never a reason to fail: `untrusted` tells what a client that verifies would say of the chain. The
 * name in the certificate is not part of it.
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
      /** What the peer had shown before it refused: see {@link peerChain}. */
      readonly chain?: readonly Buffer[];
    };

/** Old versions and weak ciphers too: this is for looking, nothing secret is sent. */
const everything = "ALL:COMPLEMENTOFALL:!eNULL:@SECLEVEL=0";

/**
 * Takes every version and cipher that this program knows, and trusts `certificates` (PEM), intermediate ones too.
 * Making one costs a millisecond for each ten certificates: keep it.
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

/** Does the TLS handshake on a connection from which nothing unread is left. It takes the connection's place. */
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

/** A chain is no longer than this; OpenSSL refuses longer ones, too. */
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

/** OpenSSL's reasons for bytes that are no TLS at all. */
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
 * Whether a server ended TLS because it wants a certificate from us. Alerts of RFC 8446, section 6.2; older servers only
 * let the handshake fail, which means the same where they had shown their own certificate: versions and ciphers were agreed then.
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
