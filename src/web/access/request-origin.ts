import { hostLiteral, parseAddress } from "../../core/address.ts";

/** What is known about a request before it is served. All header values are those that the client sent. */
export interface RequestOrigin {
  /** Value of `Host`, or of `X-Forwarded-Host` behind a trusted proxy. */
  readonly host: string | undefined;
  /** The address at which the connection arrived. */
  readonly localAddress: string | undefined;
  readonly origin: string | undefined;
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
 */
export function isSameOrigin({ host, origin, fetchSite }: RequestOrigin): boolean {
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none") return false;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host?.toLowerCase();
  } catch {
    // `null`, from a sandboxed page.
    return false;
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
