import type { SecureContext } from "node:tls";
import type { Port } from "../../core/ports.ts";
import type { Deadline } from "./deadline.ts";
import { type DialFailure, dial } from "./dial.ts";
import { type SecureOutcome, secure } from "./secure.ts";
import type { StartTlsOutcome } from "./starttls/outcome.ts";
import { type StartTlsProtocol, startTls } from "./starttls/starttls.ts";

export interface SecureTarget {
  readonly host: string;
  readonly port: Port;
  /** Asked for by SNI, where it is a name. */
  readonly serverName: string;
  readonly startTls?: StartTlsProtocol | undefined;
}

/** The last step that was reached on the way to a secure connection. */
export type OpenSecureOutcome =
  | SecureOutcome
  | { readonly kind: "not-connected"; readonly failure: DialFailure; readonly reason: string }
  | { readonly kind: "not-started"; readonly outcome: StartTlsOutcome; readonly reason: string };

/** Connects, sends STARTTLS where requested, and performs the TLS handshake. */
export async function openSecure(
  target: SecureTarget,
  deadline: Deadline,
  options: { readonly secureContext?: SecureContext; readonly byteLimit?: number } = {},
): Promise<OpenSecureOutcome> {
  const dialed = await dial(target, deadline);
  if (dialed.kind !== "connected") return { kind: "not-connected", failure: dialed, reason: dialed.reason };
  const { connection } = dialed;
  if (target.startTls !== undefined) {
    const outcome = await startTls(connection, target.startTls);
    if (outcome.kind !== "ready") {
      connection[Symbol.dispose]();
      return { kind: "not-started", outcome, reason: outcome.reason };
    }
  }
  return await secure(connection, { host: target.serverName, ...options });
}
