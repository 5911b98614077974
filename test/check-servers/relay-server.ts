import { createServer, request as startRequest } from "node:http";
import { connect } from "node:net";

/** A proxy on loopback that lets anybody through, by the one way or the other. */
export async function relayServer(way: "GET" | "CONNECT"): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    const target = URL.parse(request.url ?? "");
    if (way !== "GET" || target === null || target.protocol !== "http:") {
      response.writeHead(405).end("no");
      return;
    }
    const onward = startRequest(target, { headers: request.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    onward.end();
  });
  server.on("connect", (request, socket, head) => {
    const target = URL.parse(`http://${request.url}`);
    if (way !== "CONNECT" || target === null) {
      socket.end("HTTP/1.1 405 Method Not Allowed\r\n\r\n");
      return;
    }
    const onward = connect(Number(target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    port: bound.port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
