import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { freePort } from "./free-port.ts";
import type { TestCertificate } from "./smtp-server.ts";

/** A complete request. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** The status of the answer; `undefined` without an answer. */
  readonly status: number | undefined;
}

/** What the server does instead of its usual answer, once a request is complete. */
export type HttpFault =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly text?: string;
    }
  /** Silence until the client gives up. */
  | { readonly kind: "hang" }
  /** The connection is aborted without an answer. */
  | { readonly kind: "drop" }
  /** The headers of a success, then an endless body: silent, or as much as the client reads. */
  | { readonly kind: "endless"; readonly flood: boolean }
  /** Something that is not HTTP. */
  | { readonly kind: "garbage" };

export interface HttpServerOptions {
  readonly certificate?: TestCertificate;
  /** The usual answer. Default: 200 with ntfy's answer to a published message. */
  readonly answer?: (request: Omit<ReceivedRequest, "status">) => { readonly status: number; readonly text: string };
}

/** A real HTTP server on loopback that keeps what it receives, and that can be set to fail. */
export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #received: ReceivedRequest[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();
  #server: http.Server | undefined;
  #hanging = 0;
  #port = 0;
  #flooded = 0;
  /** Affects every request until it is removed. */
  fault: HttpFault | undefined;

  constructor(options: HttpServerOptions = {}) {
    this.#options = options;
  }

  static async start(options: HttpServerOptions = {}): Promise<HttpServer> {
    // While it is stopped, no other server and no client may get its port.
    const server = new HttpServer(options);
    server.#port = await freePort();
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { certificate } = this.#options;
    return certificate === undefined ? `http://127.0.0.1:${this.#port}` : `https://localhost:${this.#port}`;
  }

  /** Every complete request, in order. */
  get received(): readonly ReceivedRequest[] {
    return this.#received;
  }

  /** Requests that were answered with a success. */
  get accepted(): readonly ReceivedRequest[] {
    return this.#received.filter(({ status }) => status !== undefined && status >= 200 && status < 300);
  }

  /** Bytes of an endless body that the system took. */
  get flooded(): number {
    return this.#flooded;
  }

  async start(): Promise<void> {
    const { certificate } = this.#options;
    const serve = (request: http.IncomingMessage, response: http.ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    const server =
      certificate === undefined
        ? http.createServer(serve)
        : https.createServer({ key: pem("test-only-key"), cert: pem(certificate) }, serve);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("not listening on a port");
    this.#port = address.port;
    this.#server = server;
  }

  /** Closes every connection at once; the port is kept for a later start. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Resolves as soon as `condition` is true; it is checked after every event here. */
  async until(condition: (server: HttpServer) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Resolves once `count` requests wait at the fault. */
  hanging(count = 1): Promise<void> {
    return this.until(() => this.#hanging >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { fault } = this;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const came = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    const status = this.#answer(fault, came, request, response);
    this.#received.push({ ...came, status });
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #answer(
    fault: HttpFault | undefined,
    came: Omit<ReceivedRequest, "status">,
    request: http.IncomingMessage,
    response: http.ServerResponse,
  ): number | undefined {
    switch (fault?.kind) {
      case undefined: {
        const usual = this.#options.answer?.(came) ?? { status: 200, text: published };
        response.writeHead(usual.status, { "content-type": "application/json" }).end(usual.text);
        return usual.status;
      }
      case "reply":
        response.writeHead(fault.status, fault.headers).end(fault.text ?? "");
        return fault.status;
      case "hang":
        this.#hanging += 1;
        return undefined;
      case "drop":
        request.socket.destroy();
        return undefined;
      case "garbage":
        request.socket.end("220 mail.example.org ESMTP\r\n");
        return undefined;
      case "endless":
        response.writeHead(200);
        response.write("x");
        if (fault.flood) this.#flood(response);
        return 200;
    }
  }

  #flood(response: http.ServerResponse): void {
    const chunk = Buffer.alloc(64 * 1024, "x");
    const more = () => {
      while (!response.destroyed && response.write(chunk)) this.#flooded += chunk.length;
    };
    response.on("drain", more);
    more();
  }
}

const published = '{"id":"hwQ2YpKdmg","time":1769842800,"event":"message","topic":"home","message":"m"}';

function pem(name: string): string {
  return readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), "utf8");
}
