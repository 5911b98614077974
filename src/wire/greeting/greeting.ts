import { fact, nonEmptyFact } from "../fact.ts";

/** Who a server says it is in its first words. */
export interface Greeting {
  /** `ssh`, `smtp`, `ftp`, `pop3`, `imap`, `vnc`, `rsync`, `nats`, `mysql`, `mariadb`, `telnet`, `openwire`; `reply` for SMTP or FTP. */
  readonly protocol: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  /** Its first line, or what tells most of it. */
  readonly text: string;
  /** The version of the protocol, where it says one. */
  readonly protocolVersion?: string | undefined;
  /** The code of a reply. */
  readonly code?: number | undefined;
  /** IMAP: nobody has to log in here. */
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
