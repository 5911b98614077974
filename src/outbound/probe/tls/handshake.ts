import { isIP } from "node:net";
import {
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { messageOf } from "../../../core/errors.ts";
import { safeText } from "../../../core/safe-text.ts";
import { Connection } from "../connection.ts";
import { trustNone } from "./contexts.ts";
import { type HandshakeFailure, handshakeFailureOf, noAnswer, notTls } from "./failure.ts";

export interface HandshakeOptions {
  /** Sent as SNI where it is a name and not an address. */
  readonly serverName: string;
  /** Which certificates, versions and ciphers are accepted; default: {@link trustNone}. */
  readonly context?: SecureContext | undefined;
  readonly alpn?: readonly string[] | undefined;
  /** Ends the handshake before the connection's deadline. */
  readonly timeoutMs?: number | undefined;
  /** The limit of bytes read inside TLS; see {@link Connection}. */
  readonly byteLimit?: number | undefined;
}

/** What a successful handshake showed. */
export interface TlsSession {
  /** `TLSv1.3`. */
  readonly version: string;
  /** `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The peer's own certificate; without fields where it has none. */
  readonly certificate: PeerCertificate;
  /** The certificates that the peer sent, in DER: its own first, then each one's issuer. */
  readonly chain: readonly Buffer[];
  /** OpenSSL's code for why the context does not trust the chain; `undefined` where it does. The name is not verified here. */
  readonly untrusted: string | undefined;
}

export type HandshakeOutcome =
  | { readonly kind: "secure"; readonly connection: Connection; readonly session: TlsSession }
  | HandshakeFailure;

/**
 * Performs the TLS handshake on a connection without unread bytes. On success the new connection replaces `plain` and owns
 * it; on failure `plain` is closed. Any certificate is accepted, because probes send no secrets; callers that need trust
 * read `untrusted`.
 */
export async function handshake(plain: Connection, options: HandshakeOptions): Promise<HandshakeOutcome> {
  const outcome = await secureSocket(plain, options);
  if ("kind" in outcome) {
    plain[Symbol.dispose]();
    return outcome;
  }
  const { address, deadline } = plain;
  return {
    kind: "secure",
    connection: new Connection(outcome, { address, deadline, byteLimit: options.byteLimit, carrier: plain }),
    session: sessionOf(outcome),
  };
}

async function secureSocket(plain: Connection, options: HandshakeOptions): Promise<TLSSocket | HandshakeFailure> {
  const raw = plain.release();
  if (raw === undefined) return notTls("the server sent data first");
  using deadline = plain.deadline.part(options.timeoutMs ?? Number.POSITIVE_INFINITY);
  return await new Promise((resolve) => {
    let socket: TLSSocket;
    try {
      socket = connect({
        socket: raw,
        rejectUnauthorized: false,
        checkServerIdentity: () => undefined,
        secureContext: options.context ?? trustNone(),
        servername: isServerName(options.serverName) ? options.serverName : undefined,
        ALPNProtocols: options.alpn === undefined ? undefined : [...options.alpn],
      });
    } catch (error) {
      resolve({ ...noAnswer, kind: "refused", reason: safeText(messageOf(error)) });
      return;
    }
    const onAbort = () => {
      socket.destroy();
      settle(noAnswer);
    };
    const settle = (outcome: TLSSocket | HandshakeFailure) => {
      deadline.signal.removeEventListener("abort", onAbort);
      resolve(outcome);
    };
    deadline.signal.addEventListener("abort", onAbort, { once: true });
    if (deadline.isOver) onAbort();
    // Not removed: a socket may fail at any time.
    socket.on("error", (error) => settle(handshakeFailureOf(error, chainOf(socket))));
    socket.once("close", () => settle(notTls("the server closed the connection")));
    socket.once("secureConnect", () => settle(socket));
  });
}

/** RFC 6066 section 3: an address is not a server name. */
export function isServerName(host: string): boolean {
  return isIP(host) === 0 && !host.startsWith("[") && !host.includes(":");
}

function sessionOf(socket: TLSSocket): TlsSession {
  return {
    version: socket.getProtocol() ?? "TLS",
    cipher: socket.getCipher().standardName,
    certificate: socket.getPeerCertificate(),
    chain: chainOf(socket),
    // Node types this as an Error, and gives the code of OpenSSL as text.
    untrusted: socket.authorized ? undefined : String(socket.authorizationError),
  };
}

/** OpenSSL refuses longer chains too. */
const maxChainLength = 32;

function chainOf(socket: TLSSocket): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && chain.length < maxChainLength) {
    const { raw } = certificate;
    // A self-signed certificate is its own issuer.
    if (chain.some((known) => known.equals(raw))) break;
    chain.push(raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
