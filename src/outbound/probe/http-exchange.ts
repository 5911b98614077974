import { isIP } from "node:net";
import { type HttpAnswer, parseHttpAnswer } from "../../wire/http/server.ts";
import type { Conversation, Received } from "./conversation.ts";

/** One read-only request. POST is for interfaces whose queries are sent by POST. */
export interface HttpRequest {
  readonly method?: "GET" | "POST" | "PROPFIND";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The first request to a web console may take long. */
const httpWaitMs = 5000;

/** Sends one request, without cookies and redirects; the connection closes afterwards. */
export async function askHttp(conversation: Conversation, request: HttpRequest): Promise<Received<HttpAnswer>> {
  const body = request.body ?? "";
  const { Host: host = authority(conversation), ...headers } = request.headers ?? {};
  const lines = [
    `${request.method ?? "GET"} ${request.path} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: Harbinger",
    "Accept: */*",
    "Connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  conversation.send(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return await conversation.receive((bytes) => parseHttpAnswer(bytes, false), httpWaitMs);
}

/** RFC 9110, 7.2: the default port of the scheme is left out. */
function authority({ host, port, tls }: Conversation): string {
  // A zone (fe80::1%eth0) means nothing to the server: RFC 6874, 4.
  const name = isIP(host) === 6 ? `[${host.split("%", 1)[0]}]` : host;
  return port === (tls === undefined ? 80 : 443) ? name : `${name}:${port}`;
}

/** SOAP 1.2, Part 2, 7.4: a request in an envelope. */
export function soapRequest(path: string, content: string): HttpRequest {
  return {
    method: "POST",
    path,
    headers: { "Content-Type": "application/soap+xml; charset=utf-8" },
    body: `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${content}</s:Body></s:Envelope>`,
  };
}
