import { randomBytes } from "node:crypto";
import { createServer, isIP, type Server, type Socket } from "node:net";

/**
 * A temporary listener on the local address of the connection to a proxy. A proxy that connects to it on request proves that it
 * relays, without involving another host. A random word in the request identifies the connection.
 */
export interface OwnListener extends AsyncDisposable {
  /** `127.0.0.1:40123`, `[fd00::1]:40123`. */
  readonly authority: string;
  readonly address: string;
  readonly port: number;
  readonly word: string;
  /** Whether the word arrived within `waitMs`. */
  reached(waitMs: number): Promise<boolean>;
}

/** Other clients get no answer. Only open connections count. */
const maxConnections = 4;
const maxBytes = 8192;

/** @returns `undefined` where no port can be opened on this address */
export async function openOwnListener(localAddress: string | undefined): Promise<OwnListener | undefined> {
  const address = (localAddress ?? "").replace(/^::ffff:(?=[\d.]+$)/i, "");
  // A link-local address needs its zone, which means nothing to the proxy.
  if (isIP(address) === 0 || /^fe[89ab]/i.test(address)) return undefined;
  const word = randomBytes(16).toString("hex");
  const sockets = new Set<Socket>();
  let isReached = false;
  let wake: () => void = () => {};
  const server: Server = createServer((socket) => {
    if (sockets.size >= maxConnections) {
      socket.destroy();
      return;
    }
    sockets.add(socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket)));
    let received = "";
    socket.on("data", (chunk) => {
      received = (received + chunk.toString("latin1")).slice(0, maxBytes);
      if (!received.includes(word)) return;
      isReached = true;
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`);
      wake();
    });
  });
  const isOpen = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(0, address, () => resolve(true));
  });
  const bound = server.address();
  if (!isOpen || bound === null || typeof bound === "string") return undefined;
  const { port } = bound;
  return {
    authority: `${isIP(address) === 6 ? `[${address}]` : address}:${port}`,
    address,
    port,
    word,
    async reached(waitMs) {
      if (isReached) return true;
      return await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(isReached), waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
