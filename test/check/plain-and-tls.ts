import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer } from "node:net";
import type { TlsOptions } from "node:tls";
import { type Listener, listening } from "./run-check.ts";

const certificates = new URL("../harness/certificates/", import.meta.url);
const identity = {
  cert: readFileSync(new URL("localhost.pem", certificates)),
  key: readFileSync(new URL("test-only-key.pem", certificates)),
};

export interface PlainAndTls {
  readonly plain: RequestListener;
  readonly secure: RequestListener;
  readonly options?: TlsOptions | undefined;
  /** Delay before a ClientHello is answered, as on a busy server. */
  readonly tlsDelayMs?: number | undefined;
  /** Default: a free port of 127.0.0.1. */
  readonly at?: { readonly address: string; readonly port: number } | undefined;
}

/** A port that answers plain HTTP and TLS each in its way. */
export async function plainAndTls({ plain, secure, options, tlsDelayMs = 0, at }: PlainAndTls): Promise<Listener> {
  const http = await listening(createHttpServer(plain));
  const https = await listening(createHttpsServer({ ...identity, ...options }, secure).on("tlsClientError", () => {}));
  const front = await listening(
    createServer((socket) => {
      socket.once("data", (first: Buffer) => {
        const isTls = first[0] === 22;
        socket.pause();
        const timer = setTimeout(
          () => {
            const behind = connect(isTls ? https.port : http.port, "127.0.0.1");
            behind.on("error", () => socket.destroy());
            socket.on("error", () => behind.destroy());
            behind.write(first);
            socket.pipe(behind).pipe(socket);
          },
          isTls ? tlsDelayMs : 0,
        );
        socket.once("close", () => clearTimeout(timer));
      });
    }),
    at?.address,
    at?.port,
  );
  return {
    port: front.port,
    async [Symbol.asyncDispose]() {
      for (const server of [front, http, https]) await server[Symbol.asyncDispose]();
    },
  };
}

/** One answer to every request. */
export const page =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
