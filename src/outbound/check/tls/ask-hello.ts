import { randomBytes } from "node:crypto";
import type { ReadFailure } from "../../probe/connection.ts";
import type { Deadline } from "../../probe/deadline.ts";
import { isServerName } from "../../probe/tls/handshake.ts";
import { connectForTls, type TlsTarget } from "../../probe/tls/open-tls.ts";
import { cipherSuites } from "./cipher-suites.ts";
import { clientHello, type TlsVersionCode } from "./client-hello.ts";
import { readServerHello } from "./server-hello.ts";

export interface HelloOffer {
  readonly version: TlsVersionCode;
  readonly cipherSuites: readonly number[];
}

/**
 * The outcome of one ClientHello.
 * - `hello`, `alert`: an answer in TLS.
 * - `other`: an answer that is not TLS.
 * - `dropped`: after the hello the connection ended, or there was no answer. Some servers reject an offer in this way (Schannel of
 *   Windows resets), others reject all clients for a while in this way.
 * - `refused`: the hello was not sent: no connection, or no STARTTLS.
 */
export type HelloOutcome =
  | { readonly kind: "hello"; readonly version: number; readonly cipherSuite: number }
  | { readonly kind: "alert"; readonly description: number }
  | { readonly kind: "other" }
  | { readonly kind: "dropped"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** The maximum for one hello, so that a server that never answers does not use up the time of the others. */
const maxWaitMs = 5000;

const maxAnswerBytes = 32 * 1024;

/** Connects and sends one ClientHello. */
export async function askHello(target: TlsTarget, offer: HelloOffer, whole: Deadline): Promise<HelloOutcome> {
  using deadline = whole.part(maxWaitMs);
  const reached = await connectForTls(target, deadline, { byteLimit: maxAnswerBytes });
  if (reached.kind !== "ready") return { kind: "refused", reason: reached.reason };
  using connection = reached.connection;
  connection.write(
    clientHello({
      ...offer,
      serverName: isServerName(target.serverName) ? target.serverName : undefined,
      random: randomBytes(32),
      keyShare: randomBytes(32),
    }),
  );
  const outcome = await connection.readUntil((bytes) =>
    readServerHello(bytes).kind === "incomplete" ? undefined : bytes.length,
  );
  if (outcome.kind !== "bytes") return { kind: "dropped", reason: endOf(outcome) };
  const answer = readServerHello(outcome.bytes);
  return answer.kind === "incomplete" ? { kind: "other" } : answer;
}

function endOf(failure: ReadFailure): string {
  switch (failure.kind) {
    case "timed-out":
      return "no answer in time";
    case "ended":
      return "connection closed";
    case "too-much":
      return "the answer is too long";
    case "reset":
      return `connection reset (${failure.code})`;
  }
}

/** Whether the server answers in TLS, with any version. */
export async function answersWithTls(target: TlsTarget, deadline: Deadline): Promise<boolean> {
  const suites = cipherSuites.map(([suite]) => suite);
  const answer = await askHello(target, { version: 0x0303, cipherSuites: suites }, deadline);
  return answer.kind === "hello" || answer.kind === "alert";
}
