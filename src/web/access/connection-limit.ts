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
  /** For how long the client of a connection (as requests have it) has read too little of what waits for it, in milliseconds. */
  readonly laggingMs: (socket: Socket) => number;
  /** Called when the connections become many: from then on `laggingMs` is to be up to date. */
  readonly onCrowded: () => void;
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
/** The part of all connections from which on they are many. */
const crowdedPart = 0.75;
/** Whoever has read too little for so long is replaced by a new connection where there is no other room. */
const replaceableAfterMs = 5000;

/**
 * Limits the connections of a server, and those of each network. A new one that is too many replaces another one, which is reset:
 *
 * - one without a complete request, the longest unused first: whoever opens connections and sends nothing, or sends slowly, keeps nobody else out;
 * - if there is none, one whose client does not read its answers, the one that lags behind the most.
 *
 * It is one of the network that has the most connections, and never of a network that has fewer than the one of the new connection: so a client that
 * opens many displaces its own. Where a network has too many, it is one of its own. If there is none, the new one itself is reset.
 */
export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  /** In the order of use, the longest unused first. */
  readonly #connections = new Map<Socket, Connection>();
  /** Those of shared addresses count as one network. */
  readonly #counts = new Map<Address | undefined, number>();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.maxConnections = limits.max + spare;
    server.on("connection", (socket: Socket) => this.#accept(socket));
    server.on("request", (request: IncomingMessage, response: ServerResponse) => this.#serve(request, response));
  }

  /** Whether there are nearly as many as there may be. */
  get isCrowded(): boolean {
    return this.#connections.size >= this.#limits.max * crowdedPart;
  }

  #accept(socket: Socket): void {
    const { max, maxPerNetwork, isShared, onCrowded } = this.#limits;
    const network = networkOf(socket, isShared);
    const connection: Connection = { socket, network, request: undefined };
    const wasCrowded = this.isCrowded;
    this.#connections.set(socket, connection);
    this.#count(network, 1);
    socket.once("close", () => {
      this.#count(network, -1);
      this.#connections.delete(socket);
    });
    if (!wasCrowded && this.isCrowded) onCrowded();
    const isNetworkFull = network !== undefined && this.#share(network) > maxPerNetwork;
    if (!isNetworkFull && this.#connections.size <= max) return;
    const replaced = this.#replaceable(connection, isNetworkFull ? network : undefined) ?? connection;
    replaced.socket.resetAndDestroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const socket = tcpSocketOf(request.socket);
    const connection = socket && this.#connections.get(socket);
    if (socket === undefined || connection === undefined) return;
    connection.request = request;
    response.once("close", () => {
      if (connection.request !== request) return;
      connection.request = undefined;
      // Used last: it moves to the end.
      if (this.#connections.delete(socket)) this.#connections.set(socket, connection);
    });
  }

  #count(network: Address | undefined, change: 1 | -1): void {
    const now = this.#share(network) + change;
    if (now > 0) this.#counts.set(network, now);
    else this.#counts.delete(network);
  }

  #share(network: Address | undefined): number {
    return this.#counts.get(network) ?? 0;
  }

  /** @param among the only network whose connections may be replaced; `undefined`: all */
  #replaceable(newcomer: Connection, among: Address | undefined): Connection | undefined {
    // A shared address says nothing about its clients.
    const minShare = newcomer.network === undefined ? 1 : this.#share(newcomer.network);
    let best: { readonly connection: Connection; readonly share: number; readonly lagMs: number } | undefined;
    for (const connection of this.#connections.values()) {
      const { network, request, socket } = connection;
      const share = this.#share(network);
      if (connection === newcomer || socket.destroyed || share < minShare) continue;
      if (among !== undefined && network !== among) continue;
      const lagMs = request?.complete === true ? this.#limits.laggingMs(request.socket) : Number.POSITIVE_INFINITY;
      if (lagMs < replaceableAfterMs) continue;
      const isIdle = lagMs === Number.POSITIVE_INFINITY;
      const isBestIdle = best?.lagMs === Number.POSITIVE_INFINITY;
      const isBetter =
        best === undefined ||
        (isIdle && !isBestIdle) ||
        (isIdle === isBestIdle && (share > best.share || (share === best.share && lagMs > best.lagMs)));
      if (isBetter) best = { connection, share, lagMs };
    }
    return best?.connection;
  }
}

function networkOf({ remoteAddress }: Socket, isShared: ConnectionLimits["isShared"]): Address | undefined {
  const address = parseAddress(remoteAddress ?? "");
  return address === undefined || isShared(address) ? undefined : clientNetwork(address);
}
