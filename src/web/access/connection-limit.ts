import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Address, parseAddress } from "../../core/address.ts";
import { tcpSocketOf } from "../../platform/socket-internals.ts";
import { clientNetwork } from "./client-network.ts";

export interface ConnectionLimits {
  /** Of all clients together. */
  readonly max: number;
  /** Of the network of one client. */
  readonly maxPerNetwork: number;
  /** Whether many clients may come from an address, so that it has no limit of its own. */
  readonly isShared: (address: Address) => boolean;
}

interface Connection {
  readonly socket: Socket;
  /** Absent: it has no limit of its own. */
  readonly network: Address | undefined;
  /** The request that is being answered. */
  request: IncomingMessage | undefined;
}

/** Connections that the kernel may hand over while others are being closed. */
const spare = 256;

/**
 * Limits the connections of a server, and those of each network. When there are too many, the oldest one without a complete request is reset: whoever opens
 * connections and sends nothing, or sends slowly, keeps nobody else out. Where a network has too many, it is one of its own.
 */
export function limitConnections(server: Server, { max, maxPerNetwork, isShared }: ConnectionLimits): void {
  /** In the order of use, the longest unused first. */
  const connections = new Map<Socket, Connection>();
  const counts = new Map<Address, number>();
  server.maxConnections = max + spare;
  server.on("connection", (socket: Socket) => {
    const connection: Connection = { socket, network: networkOf(socket, isShared), request: undefined };
    connections.set(socket, connection);
    const { network } = connection;
    const ofNetwork = count(counts, network, 1);
    socket.once("close", () => {
      count(counts, network, -1);
      connections.delete(socket);
    });
    if (ofNetwork <= maxPerNetwork && connections.size <= max) return;
    const among = ofNetwork > maxPerNetwork ? network : undefined;
    (replaceable(connections, among) ?? connection).socket.resetAndDestroy();
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const socket = tcpSocketOf(request.socket);
    const connection = socket && connections.get(socket);
    if (socket === undefined || connection === undefined) return;
    connection.request = request;
    response.once("close", () => {
      if (connection.request !== request) return;
      connection.request = undefined;
      // Used last: it moves to the end.
      if (connections.delete(socket)) connections.set(socket, connection);
    });
  });
}

function networkOf({ remoteAddress }: Socket, isShared: ConnectionLimits["isShared"]): Address | undefined {
  const address = parseAddress(remoteAddress ?? "");
  return address === undefined || isShared(address) ? undefined : clientNetwork(address);
}

/** @returns how many there are then; 0 where they are not counted */
function count(counts: Map<Address, number>, network: Address | undefined, change: 1 | -1): number {
  if (network === undefined) return 0;
  const now = (counts.get(network) ?? 0) + change;
  if (now > 0) counts.set(network, now);
  else counts.delete(network);
  return now;
}

/** @param network the one whose connections count; `undefined`: all do */
function replaceable(
  connections: ReadonlyMap<Socket, Connection>,
  network: Address | undefined,
): Connection | undefined {
  for (const connection of connections.values()) {
    if (network !== undefined && connection.network !== network) continue;
    if (connection.request?.complete !== true && !connection.socket.destroyed) return connection;
  }
  return undefined;
}
