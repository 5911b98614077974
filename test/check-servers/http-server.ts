import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { HttpCase } from "./http-case.ts";

const certificates = new URL("../harness/certificates/", import.meta.url);

export interface HttpCaseServer extends AsyncDisposable {
  readonly port: number;
  /** `GET /path` of every request. */
  readonly requests: readonly string[];
}

/** A web server on loopback that gives one answer for one path (or for all), and 404 for all others. */
export async function httpCaseServer(
  answer: HttpCase,
  options: { readonly path: string | undefined; readonly tls: boolean },
): Promise<HttpCaseServer> {
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    request.resume();
    const other = answer.others?.[request.url ?? ""];
    if (options.path !== undefined && request.url !== options.path && other === undefined) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
      return;
    }
    const { status, headers, body } = other ?? answer;
    response.writeHead(status, headers).end(body ?? "");
  };
  const server = options.tls
    ? createTlsServer(
        {
          cert: readFileSync(new URL("localhost.pem", certificates)),
          key: readFileSync(new URL("test-only-key.pem", certificates)),
        },
        listener,
      )
    : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port }: Pick<AddressInfo, "port"> = portOf(server.address());
  return {
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): { readonly port: number } {
  if (address === null || typeof address === "string") throw new Error("no port");
  return address;
}
