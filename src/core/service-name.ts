import { protocolTitle } from "./protocol-title.ts";

export interface ServiceIdentity {
  /** The short name: `ssh`, `https`, as the check `service` or nmap tells it. */
  readonly protocol: string;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * How a service is called wherever people read of it: the product first, its version, and behind it the protocol where the
 * product's name does not say it. `nginx 1.22.1`, `Redis 7.0.15`, `OpenSSH 9.2p1 (SSH)`, `Dovecot (IMAP, TLSv1.3)`; without a product
 * the protocol, `SSH`.
 * @param tlsVersion where TLS is around it
 */
export function serviceName({ protocol, product, version }: ServiceIdentity, tlsVersion?: string): string {
  const title = protocolTitle(protocol);
  const isWeb = protocol === "http" || protocol === "https";
  const isSaid = product === undefined || protocol === "http" || product.toLowerCase() === title.toLowerCase();
  const besides = [...(isSaid ? [] : [title]), ...(tlsVersion === undefined || isWeb ? [] : [tlsVersion])];
  return [
    product ?? title,
    ...(version === undefined ? [] : [version]),
    ...(besides.length === 0 ? [] : [`(${besides.join(", ")})`]),
  ].join(" ");
}
