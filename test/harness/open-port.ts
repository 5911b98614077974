import { createServer, type Server } from "node:net";

export interface OpenPort extends AsyncDisposable {
  readonly port: number;
  /** How many connections were accepted. */
  readonly accepted: number;
}

/** A listening server on `address`; a free port unless one is given. It sends `banner` and closes on request. */
export async function openPort(address: string, port = 0, banner = ""): Promise<OpenPort> {
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted += 1;
    socket.on("error", () => {});
    if (banner !== "") socket.write(banner);
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  const sockets = new Set<import("node:net").Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return {
    port: bound.port,
    get accepted() {
      return accepted;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
