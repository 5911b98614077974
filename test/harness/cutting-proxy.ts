import { connect, createServer, type Socket } from "node:net";

/** When a connection is cut, by the statements in it. */
export type Cut =
  /** A statement with this text does not reach the server. */
  | { readonly kind: "before"; readonly text: string }
  /** The statement reaches the server; its answer does not come back. */
  | { readonly kind: "after"; readonly text: string }
  /** From a statement with this text on, nothing passes, and neither side gets an error. */
  | { readonly kind: "silence"; readonly text: string };

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Cuts once at the next statement that matches; resolves when it has. */
  cutAt(cut: Cut): Promise<void>;
  /** Ends all connections and accepts no new ones, until the returned function is called. */
  refuse(): () => void;
}

/** A proxy between a client and a server on the loopback, which cuts their connection at a chosen statement. */
export async function cuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let armed: { readonly cut: Cut; readonly done: () => void } | undefined;
  let isRefusing = false;
  const server = createServer((client) => {
    if (isRefusing) {
      client.destroy();
      return;
    }
    const upstream = connect(serverPort, "127.0.0.1");
    let state: "open" | "cutting" | "silent" = "open";
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        if (state !== "silent") end();
      });
    }
    client.on("data", (chunk) => {
      if (state === "silent") return;
      const fits = armed !== undefined && chunk.includes(armed.cut.text);
      if (!fits || armed === undefined) {
        upstream.write(chunk);
        return;
      }
      const { cut, done } = armed;
      armed = undefined;
      state = cut.kind === "silence" ? "silent" : "cutting";
      if (cut.kind === "after") {
        upstream.write(chunk);
        upstream.once("data", () => {
          end();
          done();
        });
        return;
      }
      if (cut.kind === "before") end();
      done();
    });
    upstream.on("data", (chunk) => {
      if (state === "open") client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    cutAt: (cut) =>
      new Promise((resolve) => {
        armed = { cut, done: resolve };
      }),
    refuse() {
      isRefusing = true;
      for (const socket of sockets) socket.destroy();
      return () => {
        isRefusing = false;
      };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
