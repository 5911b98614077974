import type { Authorization } from "./authorization.ts";

/** The head of an HTTP request of any version. Text is as sent, one character per byte, not made safe. */
export interface HttpRequest {
  readonly method: string;
  /** The request target: a path, an absolute URL, an authority (CONNECT) or `*`. */
  readonly path: string;
  /** The Host header or `:authority`; without one, the authority within the target. */
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  /** From Authorization, otherwise from Proxy-Authorization. */
  readonly authorization?: Authorization | undefined;
  /** The protocol that the client offers to switch to: `websocket`. RFC 9110 section 7.8. */
  readonly upgrade?: string | undefined;
  /** Of a WebSocket request (RFC 6455 section 4.1). */
  readonly origin?: string | undefined;
  readonly subprotocols?: string | undefined;
  /** The action of a SOAP request, as in UPnP. */
  readonly soapAction?: string | undefined;
  /** `0.9`, `1.0`, `1.1`, `2`; `undefined` if it has not arrived or is invalid. */
  readonly version: string | undefined;
  /** The client offers clear-text HTTP/2 with `Upgrade: h2c` (RFC 7540 section 3.2). */
  readonly h2cUpgrade: boolean;
}

const maxAuthorityCharacters = 300;

/** The authority within a request target: `CONNECT host:port`, `GET http://host/` (RFC 9112 section 3.2). */
export function authorityOf(method: string, target: string): string | undefined {
  if (method.toUpperCase() === "CONNECT") return target.slice(0, maxAuthorityCharacters);
  const scheme = target.indexOf("://");
  // A URL inside a path or a query is not the target's authority.
  if (scheme < 1 || scheme > 8 || target.startsWith("/")) return undefined;
  const authority = target.slice(scheme + 3, scheme + 3 + maxAuthorityCharacters);
  const end = authority.search(/[/?#]/);
  return end === -1 ? authority : authority.slice(0, end);
}
