import { fact } from "../fact.ts";

/** Who a server says it is in its first words. */
export interface Greeting {
  /** `ssh`, `smtp`, `ftp`, `pop3`, `imap`, `vnc`, `rsync`, `nats`, `mysql`, `mariadb`, `telnet`, `openwire`; `reply` for SMTP or FTP. */
  readonly protocol: string;
  readonly product?: string;
  readonly version?: string;
  /** Its first line, or what tells most of it. */
  readonly text: string;
  /** The version of the protocol, where it says one. */
  readonly protocolVersion?: string;
  /** The code of a reply. */
  readonly code?: number;
  /** IMAP: nobody has to log in here. */
  readonly preauthenticated?: boolean;
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
    ...(product !== undefined && product !== "" && { product: fact(product) }),
    ...(version !== undefined && version !== "" && { version: fact(version) }),
    text: fact(text),
    ...extra,
  };
}
