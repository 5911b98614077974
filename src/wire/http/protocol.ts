import type { HttpDescription } from "../../core/identification.ts";
import { protocol } from "../protocol.ts";
import { parse } from "./client.ts";
import type { HttpRequest } from "./request.ts";
import { httpSecrets } from "./secrets.ts";

export const http = protocol({
  name: "http",
  strength: "strong",
  // A method begins with a letter; empty lines may come before it.
  firstBytes: (byte) => ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x0d || byte === 0x0a,
  parse,
  describe: (request) => ({ http: describeRequest(request) }),
  secrets: httpSecrets,
});

/** Without spreads: each made an object, and together they took a third of the time in which a request is identified. */
export function describeRequest(request: HttpRequest): HttpDescription {
  const { method, path, host, userAgent, version, authorization, upgrade, origin, subprotocols, soapAction } = request;
  const described: { -readonly [Name in keyof HttpDescription]: HttpDescription[Name] } = { method, path };
  if (host !== undefined) described.host = host;
  if (userAgent !== undefined) described.userAgent = userAgent;
  if (version !== undefined) described.version = version;
  if (request.h2cUpgrade) described.h2cUpgrade = true;
  if (authorization !== undefined) {
    const { scheme, user, domain, workstation } = authorization;
    described.authorization = scheme;
    if (user !== undefined) described.user = user;
    if (domain !== undefined) described.domain = domain;
    if (workstation !== undefined) described.workstation = workstation;
  }
  if (upgrade !== undefined) described.upgrade = upgrade;
  if (upgrade === "websocket") {
    if (origin !== undefined) described.origin = origin;
    if (subprotocols !== undefined) described.subprotocols = subprotocols;
  }
  if (soapAction !== undefined) described.soapAction = soapAction;
  return described;
}
