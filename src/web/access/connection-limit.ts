import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface Connection {
  readonly socket: Socket;
  /** The request that is being answered. */
  request: IncomingMessage | undefined;
}

export interface ConnectionLimit {
  /**
   * Ends a connection so that the system keeps nothing for its client either: what was sent to one that does not read would wait there for as long as
   * the client likes.
   */
  reset(socket: Socket): void;
}

/** Connections that the kernel may hand over while others are being closed. */
const spare = 256;

/**
 * Limits the connections of a server. When there are too many, the oldest one without a complete request is closed: whoever opens
 * connections and sends nothing, or sends slowly, keeps nobody else out.
 */
export function limitConnections(server: Server, max: number): ConnectionLimit {
  /** In the order of use, the longest unused first. */
  const connections = new Map<string, Connection>();
  server.maxConnections = max + spare;
  server.on("connection", (socket: Socket) => {
    const key = keyOf(socket);
    const connection: Connection = { socket, request: undefined };
    connections.set(key, connection);
    socket.once("close", () => {
      if (connections.get(key) === connection) connections.delete(key);
    });
    if (connections.size > max) (replaceable(connections) ?? connection).socket.destroy();
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const key = keyOf(request.socket);
    const connection = connections.get(key);
    if (connection === undefined) return;
    connection.request = request;
    response.once("close", () => {
      if (connection.request !== request) return;
      connection.request = undefined;
      // Used last: it moves to the end.
      if (connections.delete(key)) connections.set(key, connection);
    });
  });
  return {
    reset(socket) {
      const below = connections.get(keyOf(socket))?.socket;
      if (below?.destroyed === false) below.resetAndDestroy();
      socket.destroy();
    },
  };
}

function replaceable(connections: ReadonlyMap<string, Connection>): Connection | undefined {
  for (const connection of connections.values()) {
    if (connection.request?.complete !== true && !connection.socket.destroyed) return connection;
  }
  return undefined;
}

/** With TLS, a connection and the socket of its requests are two objects with the same addresses. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
