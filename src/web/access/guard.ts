import type { FastifyRequest } from "fastify";
import { type Address, parseAddress } from "../../core/address.ts";
import type { WebApp } from "../app.ts";
import { wantsPage } from "../pages/plain-page.ts";
import { problem } from "../problem.ts";
import type { Accounts } from "./accounts.ts";
import { isOwnHost, isSameOrigin, type RequestOrigin } from "./request-origin.ts";
import { hasRight, type Right } from "./right.ts";

export interface GuardOptions {
  readonly accounts: Accounts;
  /** Names of this server, in lower case. */
  readonly hosts: readonly string[];
  /** Whether browsers may send the cookie over HTTPS only. */
  readonly isSecure: boolean;
  /** Path of the cookie. */
  readonly basePath: string;
}

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** `__Host-` makes browsers refuse the cookie from other hosts of the domain; it demands HTTPS and the path `/`. */
export function sessionCookie({ isSecure, basePath }: Pick<GuardOptions, "isSecure" | "basePath">): string {
  if (!isSecure) return "harbinger-session";
  return basePath === "" ? "__Host-harbinger-session" : "__Secure-harbinger-session";
}

/**
 * Checks every request before it is served: that it is for this server, that it comes from no page of another site, and that its account
 * has the right that the route declares. Routes without a declared right cannot be added.
 */
export function guard(app: WebApp, options: GuardOptions): void {
  const { accounts, hosts } = options;
  const cookieName = sessionCookie(options);
  app.decorateRequest("account", undefined);
  // Before the guard has seen the request it has no access that could last.
  app.decorateRequest("whenAccessEnds", async () => {});
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.right === undefined) throw new TypeError(`the route ${String(method)} ${url} declares no right`);
  });
  app.addHook("onRequest", async (request, reply) => {
    // Data of the network must not stay in a cache; the files of the pages, which contain none, replace it.
    void reply.header("Cache-Control", "no-store");
    // RFC 9112, section 3.2. A proxy in front may use the other one.
    if (hostHeaders(request) > 1) return await problem(reply, 400, "bad-request", "The request has two Host headers.");
    const origin = originOf(request);
    // RFC 9112, section 3.2.2: the host of a whole address as the target counts, whatever `Host` says.
    const target = authorityOf(request.raw.url);
    if (!isOwnHost(origin, hosts) || (target !== undefined && !isOwnHost({ ...origin, host: target }, hosts))) {
      return await problem(
        reply,
        421,
        "wrong-host",
        "This server has another name. Add this one to web.hosts, or use its address.",
      );
    }
    const token = tokenOf(request);
    const right = request.is404 ? rightOfNothing(request) : (request.routeOptions.config.right ?? "operate");
    // Without users everybody has access, and so the pages of other sites in a browser here. A link to a page, or a health check, is harmless.
    const isHarmless = readingMethods.has(request.method) && right === "public";
    // A browser sends the cookie by itself, but never a token.
    if (!isHarmless && !accounts.isToken(token) && !isSameOrigin(origin)) {
      return await problem(reply, 403, "other-origin", "This is for the pages of this server only, or with a token.");
    }
    const credentials = { token, sessionId: request.cookies[cookieName] };
    request.account = accounts.accountOf(credentials);
    request.whenAccessEnds = (signal) => accounts.whenAccessEnds(credentials, signal);
    if (hasRight(request.account?.role, right)) return;
    if (request.account === undefined) {
      void reply.header("WWW-Authenticate", 'Bearer realm="Harbinger"');
      return await problem(reply, 401, "not-logged-in", "Log in, or send a token: Authorization: Bearer TOKEN.");
    }
    return await problem(reply, 403, "no-right", `This needs the role "${right}"; yours is "${request.account.role}".`);
  });
}

/** The client: behind a trusted proxy, the one that the proxy names. */
export function clientAddress(request: FastifyRequest): Address | undefined {
  return parseAddress(request.ip);
}

/** A browser gets a page without data that says so, as it gets the pages themselves. */
function rightOfNothing(request: FastifyRequest): Right {
  return wantsPage(request) ? "public" : "read";
}

function hostHeaders({ raw }: FastifyRequest): number {
  return raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === "host").length;
}

/** Host and port of a request target that is a whole address. */
function authorityOf(target: string | undefined): string | undefined {
  return /^[a-z][a-z0-9+.-]{0,20}:\/\/([^/?#]*)/i.exec(target ?? "")?.[1];
}

function originOf(request: FastifyRequest): RequestOrigin {
  return {
    host: request.host,
    localAddress: request.socket.localAddress,
    origin: request.headers.origin,
    isEncrypted: request.protocol.toLowerCase() === "https",
    fetchSite: oneOf(request.headers["sec-fetch-site"]),
  };
}

function tokenOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? "")?.[1];
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.join(",");
}
