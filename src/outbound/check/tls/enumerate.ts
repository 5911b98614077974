import { randomBytes } from "node:crypto";
import type { Deadline } from "../deadline.ts";
import { dial } from "../dial.ts";
import type { SecureTarget } from "../open-secure.ts";
import { isServerName } from "../secure.ts";
import { startTls } from "../starttls/starttls.ts";
import { cipherSuiteName, cipherSuites, cipherSuites13 } from "./cipher-suites.ts";
import { clientHello, type TlsVersionCode, type TlsVersionName, tlsVersions } from "./client-hello.ts";
import { readServerHello, type ServerAnswer } from "./server-hello.ts";

/** Connections that the whole enumeration opens at most. */
const mostConnections = 160;

/** A version that the server takes, and the cipher suites with it, in the order in which it preferred them. */
export interface OfferedVersion {
  readonly version: TlsVersionName;
  readonly ciphers: readonly string[];
  /** False where time or connections ran out first. */
  readonly complete: boolean;
}

/**
 * Which versions the server takes, and which cipher suites with each: it is offered one version at a time, and again
 * without the suite that it chose, until it refuses. Nothing but hellos is exchanged; the versions go side by side.
 */
export async function enumerateVersions(target: SecureTarget, deadline: Deadline): Promise<readonly OfferedVersion[]> {
  const budget = { left: mostConnections };
  const offered = await Promise.all(
    tlsVersions.map(([code, name]) => enumerateCiphers(target, code, name, budget, deadline)),
  );
  return offered.filter((version) => version !== undefined);
}

async function enumerateCiphers(
  target: SecureTarget,
  code: TlsVersionCode,
  version: TlsVersionName,
  budget: { left: number },
  deadline: Deadline,
): Promise<OfferedVersion | undefined> {
  const left = new Set((code === 0x0304 ? cipherSuites13 : cipherSuites).map(([suite]) => suite));
  const ciphers: string[] = [];
  for (;;) {
    if (left.size === 0) break;
    if (budget.left <= 0) return ciphers.length === 0 ? undefined : { version, ciphers, complete: false };
    budget.left -= 1;
    const answer = await askHello(target, { version: code, cipherSuites: [...left] }, deadline);
    if (answer === undefined && ciphers.length > 0 && deadline.isOver) return { version, ciphers, complete: false };
    if (answer?.kind !== "hello" || answer.version !== code || !left.delete(answer.cipherSuite)) break;
    ciphers.push(cipherSuiteName(answer.cipherSuite));
  }
  return ciphers.length === 0 ? undefined : { version, ciphers, complete: true };
}

/** Says hello once. `undefined` where nothing that can be read came back. */
export async function askHello(
  target: SecureTarget,
  offer: { readonly version: TlsVersionCode; readonly cipherSuites: readonly number[] },
  deadline: Deadline,
): Promise<ServerAnswer | undefined> {
  const dialed = await dial(target, deadline, 32 * 1024);
  if (dialed.kind !== "connected") return undefined;
  using connection = dialed.connection;
  if (target.startTls !== undefined && (await startTls(connection, target.startTls)).kind !== "ready") return undefined;
  connection.write(
    clientHello({
      ...offer,
      ...(isServerName(target.serverName) ? { serverName: target.serverName } : {}),
      random: randomBytes(32),
      keyShare: randomBytes(32),
    }),
  );
  const outcome = await connection.readUntil((bytes) =>
    readServerHello(bytes).kind === "incomplete" ? undefined : bytes.length,
  );
  return outcome.kind === "bytes" ? readServerHello(outcome.bytes) : undefined;
}

/** Does anything that answers with TLS listen there, whatever version it wants? */
export async function answersWithTls(target: SecureTarget, deadline: Deadline): Promise<boolean> {
  const suites = cipherSuites.map(([suite]) => suite);
  const answer = await askHello(target, { version: 0x0303, cipherSuites: suites }, deadline);
  return answer?.kind === "hello" || answer?.kind === "alert";
}
