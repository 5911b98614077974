import type { HttpDescription } from "../../core/identification.ts";
import { protocol } from "../protocol.ts";
import { parse } from "./parse.ts";
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

export function describeRequest(request: HttpRequest): HttpDescription {
  return {
    method: request.method,
    path: request.path,
    ...(request.host !== undefined && { host: request.host }),
    ...(request.userAgent !== undefined && { userAgent: request.userAgent }),
    ...(request.version !== undefined && { version: request.version }),
    ...(request.h2cUpgrade && { h2cUpgrade: true }),
    ...describeOthers(request),
  };
}

function describeOthers({
  authorization,
  upgrade,
  origin,
  subprotocols,
  soapAction,
}: HttpRequest): Partial<HttpDescription> {
  const isWebSocket = upgrade === "websocket";
  return {
    ...(authorization !== undefined && { authorization: authorization.scheme }),
    ...(authorization?.user !== undefined && { user: authorization.user }),
    ...(upgrade !== undefined && { upgrade }),
    ...(isWebSocket && origin !== undefined && { origin }),
    ...(isWebSocket && subprotocols !== undefined && { subprotocols }),
    ...(soapAction !== undefined && { soapAction }),
  };
}
