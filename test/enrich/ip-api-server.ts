import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export const heidelberg = {
  status: "success",
  country: "Germany",
  countryCode: "DE",
  regionName: "Baden-Wurttemberg",
  city: "Heidelberg",
  lat: 49.4,
  lon: 8.7,
  isp: "Vodafone",
  org: "Somebody at home",
  as: "AS3209 Vodafone GmbH",
};

/** A stand-in for ip-api.com on loopback, which keeps the requested paths. */
export class IpApiServer implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server: http.Server;
  readonly #waiting: { readonly count: number; readonly wake: () => void }[] = [];
  handler: Handler;

  private constructor(handler: Handler) {
    this.handler = handler;
    this.#server = http.createServer((request, response) => {
      this.asked.push(request.url ?? "");
      for (const { count, wake } of this.#waiting) if (this.asked.length >= count) wake();
      this.handler(request, response);
    });
  }

  static async start(handler: Handler = answering(heidelberg)): Promise<IpApiServer> {
    const server = new IpApiServer(handler);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/json/`;
  }

  /** Resolves when `count` requests have arrived. */
  received(count: number): Promise<void> {
    if (this.asked.length >= count) return Promise.resolve();
    return new Promise((wake) => this.#waiting.push({ count, wake }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Answers with `body` as JSON, or unchanged if it is text. */
export function answering(body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Handler {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
}
