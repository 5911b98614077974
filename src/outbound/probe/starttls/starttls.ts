import type { Connection } from "../connection.ts";
import { startLdapTls, startMysqlTls, startPostgresTls } from "./binary-protocols.ts";
import { startFtpTls, startImapTls, startPop3Tls, startSmtpTls } from "./line-protocols.ts";
import type { StartTlsOutcome } from "./outcome.ts";

export const startTlsProtocols = ["smtp", "imap", "pop3", "ftp", "ldap", "postgres", "mysql"] as const;

export type StartTlsProtocol = (typeof startTlsProtocols)[number];

export function isStartTlsProtocol(text: string): text is StartTlsProtocol {
  return (startTlsProtocols as readonly string[]).includes(text);
}

/** Requests TLS on a new connection. */
type StartTls = (connection: Connection) => Promise<StartTlsOutcome>;

const starters: Readonly<Record<StartTlsProtocol, StartTls>> = {
  smtp: startSmtpTls,
  imap: startImapTls,
  pop3: startPop3Tls,
  ftp: startFtpTls,
  ldap: startLdapTls,
  postgres: startPostgresTls,
  mysql: startMysqlTls,
};

/** Requests TLS. Bytes that follow the server's agreement could be an injection (CVE-2011-0411) and are rejected. */
export async function startTls(connection: Connection, protocol: StartTlsProtocol): Promise<StartTlsOutcome> {
  const outcome = await starters[protocol](connection);
  if (outcome.kind === "ready" && connection.buffered.length > 0) {
    return { kind: "other-protocol", reason: "the server sent more data after its agreement to TLS" };
  }
  return outcome;
}
