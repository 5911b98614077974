import { createServer, request as startRequest } from "node:http";
import { connect, createServer as createTcpServer, type Server, type Socket } from "node:net";

/** A proxy on loopback that relays for any client, by either protocol. */
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
  const port = await listening(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * A SOCKS proxy on loopback that relays for any client with one version of the protocol. With the other it closes, or, if
 * it is to require a password with SOCKS 5, answers that.
 */
export async function socksServer(
  version: 4 | 5,
  asksForPassword = false,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => sockets.add(socket.on("error", () => socket.destroy()));
  const server = createTcpServer((socket) => {
    keep(socket);
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received[0] === 5 && asksForPassword) socket.end(Uint8Array.of(5, 0xff));
      else if (received[0] !== version) socket.end();
      else if (version === 5 && received.length === 3) socket.write(Uint8Array.of(5, 0));
      // The greeting of 3 bytes and a request of 10, or a request of 9: to an address of 4 bytes.
      else if (received.length >= (version === 5 ? 13 : 9)) connectTo(received.readUInt16BE(version === 5 ? 11 : 2));
    };
    const connectTo = (port: number) => {
      socket.off("data", onData);
      const onward = connect(port, "127.0.0.1", () => {
        socket.write(
          version === 5 ? Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0) : Uint8Array.of(0, 90, 0, 0, 0, 0, 0, 0),
        );
        onward.pipe(socket).pipe(onward);
      });
      keep(onward);
    };
    socket.on("data", onData);
  });
  const port = await listening(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return bound.port;
}
