import { fact, nonEmptyFact } from "../fact.ts";

/** What a server's greeting shows about it. */
export interface Greeting {
  /**
   * `ssh`, `smtp`, `ftp`, `pop3`, `imap`, `vnc`, `rsync`, `nats`, `mysql`, `mariadb`, `telnet`, `openwire`; `reply` for SMTP
   * or FTP.
   */
  readonly protocol: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  /** The first line of the greeting, or a summary. */
  readonly text: string;
  /** The protocol version, if the greeting has one. */
  readonly protocolVersion?: string | undefined;
  /** The reply code of SMTP or FTP. */
  readonly code?: number | undefined;
  /** IMAP: no login is necessary (PREAUTH). */
  readonly preauthenticated?: boolean | undefined;
}

type Extra = Pick<Greeting, "protocolVersion" | "code" | "preauthenticated">;

export function greetingWith(
  protocol: string,
  text: string,
  product: string | undefined,
  version: string | undefined,
  extra: Extra = {},
): Greeting {
  return {
    protocol,
    product: nonEmptyFact(product),
    version: nonEmptyFact(version),
    text: fact(text),
    ...extra,
  };
}
