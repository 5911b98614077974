import type { Port } from "../../../core/ports.ts";
import type { Connection, ReadLimits } from "../connection.ts";
import type { Deadline } from "../deadline.ts";
import { type DialFailure, dial } from "../dial.ts";
import { type StartTlsProtocol, startTls } from "../starttls/starttls.ts";
import { type HandshakeOptions, type HandshakeOutcome, handshake } from "./handshake.ts";

export interface TlsTarget {
  readonly host: string;
  readonly port: Port;
  /** Sent as SNI where it is a name and not an address. */
  readonly serverName: string;
  /** Requests TLS inside this protocol first. */
  readonly startTls?: StartTlsProtocol | undefined;
}

/** `not-started`: the server did not agree to STARTTLS. */
export type TlsUnreachable =
  | { readonly kind: "not-connected"; readonly failure: DialFailure; readonly reason: string }
  | { readonly kind: "not-started"; readonly reason: string };

export type OpenTlsOutcome = HandshakeOutcome | TlsUnreachable;

/** Connects, sends STARTTLS where requested, and performs the TLS handshake. */
export async function openTls(
  target: TlsTarget,
  deadline: Deadline,
  options: Omit<HandshakeOptions, "serverName"> = {},
): Promise<OpenTlsOutcome> {
  const reached = await connectForTls(target, deadline);
  if (reached.kind !== "ready") return reached;
  return await handshake(reached.connection, { ...options, serverName: target.serverName });
}

/** Connects, and sends STARTTLS where requested: next the server expects a ClientHello. */
export async function connectForTls(
  { host, port, startTls: protocol }: Omit<TlsTarget, "serverName">,
  deadline: Deadline,
  limits?: ReadLimits,
): Promise<{ readonly kind: "ready"; readonly connection: Connection } | TlsUnreachable> {
  const dialed = await dial({ host, port }, deadline, limits);
  if (dialed.kind !== "connected") return { kind: "not-connected", failure: dialed, reason: dialed.reason };
  const { connection } = dialed;
  if (protocol === undefined) return { kind: "ready", connection };
  const outcome = await startTls(connection, protocol);
  if (outcome.kind === "ready") return { kind: "ready", connection };
  connection[Symbol.dispose]();
  return { kind: "not-started", reason: outcome.reason };
}
