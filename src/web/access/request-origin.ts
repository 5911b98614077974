import { parseAddress } from "../../core/address.ts";
import { hostLiteral } from "../../core/host-literal.ts";

/** What is known about a request before it is served. All header values are those that the client sent. */
export interface RequestOrigin {
  /** Value of `Host`, or of `X-Forwarded-Host` behind a trusted proxy. */
  readonly host: string | undefined;
  /** The address at which the connection arrived. */
  readonly localAddress: string | undefined;
  readonly origin: string | undefined;
  /** Whether the client is known to use HTTPS: with this server, or with a trusted proxy that says so. */
  readonly isEncrypted: boolean;
  /** `Sec-Fetch-Site`: https://www.w3.org/TR/fetch-metadata/ */
  readonly fetchSite: string | undefined;
}

/**
 * Whether the host of a request is this server. A page of another site whose name was made to resolve to this machine (DNS rebinding) sends
 * that name. Addresses cannot be rebound, so that of the connection is accepted, and `localhost`, which browsers resolve themselves.
 * @param hosts further names, in lower case
 */
export function isOwnHost({ host, localAddress }: RequestOrigin, hosts: readonly string[]): boolean {
  const name = hostNameOf(host);
  if (name === undefined) return false;
  if (name === "localhost" || hosts.includes(name)) return true;
  const local = parseAddress(localAddress ?? "");
  return local !== undefined && name === hostLiteral(local);
}

/**
 * Whether a request comes from a page of this server, from somebody who typed its address, or from a program that is no browser. Browsers
 * send `Origin` with every request that changes something, and all current ones `Sec-Fetch-Site` with every request.
 *
 * Both hosts are compared as a browser would write them in `Origin` (RFC 6454, section 6.2): without the port if it is that of the scheme, in lower case,
 * addresses in their usual form. A proxy may write `Host` in another way. Where the client uses HTTPS, a page without it is of another site: anybody on
 * the way can write one. The contrary is not: a proxy that is not in the configuration may add HTTPS.
 */
export function isSameOrigin({ host, origin, isEncrypted, fetchSite }: RequestOrigin): boolean {
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none") return false;
  if (origin === undefined) return true;
  // Not `null`, which a sandboxed page sends.
  const [, scheme, from] = /^(https?):\/\/([^\s/?#@\\]{1,300})$/i.exec(origin) ?? [];
  if (scheme === undefined || (isEncrypted && scheme.toLowerCase() === "http")) return false;
  const own = writtenHost(scheme, host);
  return own !== undefined && own === writtenHost(scheme, from);
}

/** With its port, unless that is the usual one of the scheme; without the dot that may end a name. */
function writtenHost(scheme: string, host: string | undefined): string | undefined {
  try {
    const { hostname, port } = new URL(`${scheme}://${host ?? ""}`);
    return `${hostname.replace(/\.$/, "")}:${port}`;
  } catch {
    return undefined;
  }
}

/** The host of a `Host` header without its port, in lower case. */
function hostNameOf(host: string | undefined): string | undefined {
  const parts = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::\d{1,5})?$/i.exec(host ?? "");
  const name = parts?.[1]?.toLowerCase();
  if (name === undefined || !name.startsWith("[")) return name?.replace(/\.$/, "");
  const address = parseAddress(name.slice(1, -1));
  return address === undefined ? undefined : hostLiteral(address);
}
